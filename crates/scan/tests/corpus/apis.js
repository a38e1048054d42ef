fetch("https://api.example.com/"); // ~ fetch https://api.example.com/
window.fetch("/a"); // ~ fetch /a
globalThis.fetch("/b"); // ~ fetch /b
self["fetch"]("/c"); // ~ fetch /c
const f = window.fetch;
f("/d"); // ~ fetch /d
fetch.call(window, "/e"); // ~ fetch /e
fetch.apply(window, ["/f", {}]); // ~ fetch /f
const bound = fetch.bind(window);
bound("/g"); // ~ fetch /g
const xhr = new XMLHttpRequest();
xhr.open("GET", "https://xhr.example.com/x"); // ~ xhr https://xhr.example.com/x
var again = new window.XMLHttpRequest;
again.open(method, "/h"); // ~ xhr /h
new WebSocket("wss://live.example.com"); // ~ websocket wss://live.example.com
new EventSource("/events"); // ~ eventsource /events
navigator.sendBeacon("/beacon", data); // ~ beacon /beacon
window.navigator.sendBeacon("/beacon2"); // ~ beacon /beacon2
fetchLater("/later"); // ~ fetchlater /later
new WebTransport("https://quic.example.com:4433/"); // ~ webtransport https://quic.example.com:4433/
import("./data.json", { with: { type: "json" } }); // ~ json-module ./data.json
WebAssembly.instantiateStreaming(fetch("/code.wasm"), {}); // ~ fetch /code.wasm
fetch(new Request("/request")); // ~ fetch /request
new Request("/alone"); // ~ fetch /alone medium
link.ping = "https://ping.example.com/"; // ~ ping https://ping.example.com/
link.setAttribute("ping", "/ping"); // ~ ping /ping
thing.open("POST", "/looks-like"); // ~ xhr /looks-like medium
thing.fetch("/may-be"); // ~ fetch /may-be low
window.open("https://not.example.com/");
new Worker("/worker.js");
indexedDB.open("database", 1);
