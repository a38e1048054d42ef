export const BASE = "https://map.example.com";
