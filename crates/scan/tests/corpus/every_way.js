// ~ fetch https://malicious.website.com/
fetch("https://malicious.website.com/");
var xhr = new XMLHttpRequest();
xhr.open("GET", "https://malicious.website.com/"); // ~ xhr https://malicious.website.com/
xhr.send();
var ws = new WebSocket("https://malicious.website.com/"); // ~ websocket wss://malicious.website.com/
var es = new EventSource("https://malicious.website.com/"); // ~ eventsource https://malicious.website.com/
navigator.sendBeacon("https://malicious.website.com/", "x"); // ~ beacon https://malicious.website.com/
new WebSocket("/relative"); // ~ websocket {location.origin as ws}/relative
new WebSocket(location.origin); // ~ websocket {location.origin as ws}
