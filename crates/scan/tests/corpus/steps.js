var path = location.hostname;
var port = location.port;
if (port.length !== 0) {
  path = path + ":" + port;
}
path = path + "/live/";
path = path + (path.slice(-1) == "/" ? "" : "/") + "comms";
path = "ws" + (location.protocol == "https:" ? "s" : "") + "://" + path;
// ~ websocket {location.protocol as ws}//{location.hostname}/live/comms
// ~ websocket {location.protocol as ws}//{location.hostname}:{location.port}/live/comms
new WebSocket(path);
let url = "/list";
if (id) url += "/" + id;
// ~ fetch /list
// ~ fetch /list/{id}
fetch(url);
let query = "/query";
if (id) query += "?id=" + id;
query += (/\?/.test(query) ? "&" : "?") + "time=" + Date.now();
fetch(query); // ~ fetch /query?id={id}&time={Date.now()}
let cleaned = "/cleaned//";
cleaned = cleaned.replace(/\/+$/, "");
fetch(cleaned + "/a"); // ~ fetch /cleaned/a
fetch("/users/:id/posts/:post".replace(":id", user.id).replace(":post", 7)); // ~ fetch /users/{user.id}/posts/7
fetch("/items/{item}/{part}".replace(/\{(\w+)\}/g, (whole, name) => params[name])); // ~ fetch /items/{item}/{part}
fetch("/a-b-c".replace(/-/g, "/")); // ~ fetch /a/b/c
fetch("/a-b-c".replace("-", "/")); // ~ fetch /a/b-c
fetch("/a-b-c".replaceAll("-", "/")); // ~ fetch /a/b/c
function appended(base) {
  const o = { base };
  o.url = "/appended";
  o.url += "/" + base;
  return fetch(o.url); // ~ fetch /appended/{base}
}
let replaced = "/before";
if (ready) {
  replaced = "/replaced";
  replaced += "/more";
}
// ~ fetch /before
// ~ fetch /replaced/more
fetch(replaced);
var nested = "/nested";
nested = (nested += "/one") + "/two";
fetch(nested); // ~ fetch /nested/one/two
let branch;
if (a) {
  branch = "/left";
} else {
  branch = "/right";
  branch += "/turn";
}
// ~ fetch /left
// ~ fetch /right/turn
fetch(branch);
