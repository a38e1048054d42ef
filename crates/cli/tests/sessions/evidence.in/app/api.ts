const api = 'https://api.example.com/v2';

export const item = (id: string) => fetch(`${api}/items/${id}`);
export const live = () => new WebSocket('wss://live.example.com/items');
export const me = () => fetch('/me');
export const relay = (url: string) => fetch(url);
