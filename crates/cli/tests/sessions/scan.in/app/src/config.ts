export const LIVE = "wss://live.example.com";
