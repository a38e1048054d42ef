import get, { get as load } from "../api";
import { named, settings } from "..";
get("/default"); // ~ fetch https://api.example.com/default
load("/named"); // ~ fetch https://api.example.com/named
named.get(settings.paths.users + "/x"); // ~ fetch https://api.example.com/users/x
const lazy = await import("../api");
lazy.get("/lazy"); // ~ fetch https://api.example.com/lazy
