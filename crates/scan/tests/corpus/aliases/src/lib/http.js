export const post = (path) => fetch("https://alias.example.com" + path, { method: "POST" });
