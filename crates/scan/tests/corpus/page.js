fetch(location.origin + "/a"); // ~ fetch {location.origin}/a
fetch(new URL("/b", location.href)); // ~ fetch {location.origin}/b
fetch(new URL("c", document.baseURI)); // ~ fetch c
new WebSocket(location.origin.replace("http", "ws") + "/d"); // ~ websocket {location.origin as ws}/d
new WebSocket(window.location.origin.replace(/^http/, "ws")); // ~ websocket {location.origin as ws}
new WebSocket((location.protocol === "https:" ? "wss://" : "ws://") + location.host + "/e"); // ~ websocket {location.protocol as ws}//{location.host}/e
const scheme = window.location.protocol == "http:" ? "ws" : "wss";
new WebSocket(`${scheme}://${window.location.host}/f`); // ~ websocket {location.protocol as ws}//{location.host}/f
const l = window.location;
new WebSocket(l.protocol.replace("http", "ws") + "//" + l.host); // ~ websocket {location.protocol as ws}//{location.host}
const u = new URL("/g", location.href);
u.protocol = u.protocol.replace("http", "ws");
new WebSocket(u); // ~ websocket {location.origin as ws}/g
fetch(`//${location.hostname}:8080/`); // ~ fetch //{location.hostname}:8080/
fetch(import.meta.env.VITE_API + "/h"); // ~ fetch {VITE_API}/h
fetch(process.env.API_URL); // ~ fetch {API_URL}
