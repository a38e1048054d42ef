import { useCallback, useEffect } from "react";
const API = "https://api.example.com";
export function List({ id }: { id: string }) {
  const load = useCallback(async (path: string) => (await fetch(`${API}${path}`)).json(), []);
  useEffect(() => {
    load("/items"); // ~ fetch https://api.example.com/items
  }, []);
  // ~ ping /ping
  // ~ fetch https://api.example.com/click/{id}
  return <a ping="/ping" href="/" onClick={() => fetch(`${API}/click/${id}`)}>x</a>;
}
