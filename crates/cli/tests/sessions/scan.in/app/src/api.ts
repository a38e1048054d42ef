import { LIVE } from "./config";

const base = import.meta.env.VITE_API;

export const items = () => fetch(`${base}/items`);
export const item = (id: string) => fetch(`${base}/items/${id}`);
export const live = () => new WebSocket(LIVE);
export const anywhere = (url: string) => navigator.sendBeacon(url, "x");
export const own = () => fetch("/api/me");
