const BASE = "https://api.example.com";
function request(path, options) {
  return fetch(BASE + path, options);
}
const get = (path) => request(path, { method: "GET" });
get("/users"); // ~ fetch https://api.example.com/users
get(`/users/${id}`); // ~ fetch https://api.example.com/users/{id}
const api = { list: () => get("/list"), one: (name) => get("/one/" + name) }; // ~ fetch https://api.example.com/list
api.one("first"); // ~ fetch https://api.example.com/one/first
function createClient(base) {
  return { get: (p) => fetch(base + p), post(p) { return fetch(base + p, { method: "POST" }); } };
}
const client = createClient("https://client.example.com");
client.get("/a"); // ~ fetch https://client.example.com/a
client.post("/b"); // ~ fetch https://client.example.com/b
const all = (...args) => fetch(...args);
all("/rest"); // ~ fetch /rest
function named({ url, method }) {
  return fetch(url, { method });
}
named({ url: "/named" }); // ~ fetch /named
function withDefault(path = "/default") {
  return fetch(path);
}
withDefault(); // ~ fetch /default
export function unused(path) {
  return fetch("/prefix/" + path); // ~ fetch /prefix/{path}
}
function sendsOn() {
  return fetch.apply(this, arguments);
}
sendsOn("/on"); // ~ fetch /on
function fixed(body) {
  return fetch("https://fixed.example.com/in", { body }); // ~ fetch https://fixed.example.com/in
}
fixed(1);
fixed(2);
function byId(id) {
  return fetch(`https://id.example.com/${id}`); // ~ fetch https://id.example.com/{id}
}
byId(some.id);
