import { base } from "./config";
import config from "./config.js";
export { default as settings } from "./config";
export async function get(path: string) { return fetch(base + path); }
export const users = () => get(config.paths.users); // ~ fetch https://api.example.com/users
export default get;
