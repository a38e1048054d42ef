function load(fetch) {
  fetch("/not-the-api");
}
{
  const fetch = (path) => path;
  fetch("/not-this-either");
}
class WebSocket {}
new WebSocket("wss://not.example.com");
