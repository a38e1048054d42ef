import { BASE } from "lib/base.js";
export const get = (path) => fetch(BASE + path);
