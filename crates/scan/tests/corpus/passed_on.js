function makeSettings(options) {
  return { fetch, Request, WebSocket: window.WebSocket, ...options, baseUrl: "https://hub.example.com/" };
}
function handle(url, init, settings) {
  const request = new settings.Request(url, { ...settings.init, ...init });
  return settings.fetch.call(null, request).catch(handleError);
}
var Server;
(function (Server) {
  function request(url, settings = makeSettings()) {
    return handle(url, {}, settings);
  }
  Server.request = request;
})(Server || (Server = {}));
Server.request(PathLike.join(makeSettings().baseUrl, "api/kernels", id)); // ~ fetch https://hub.example.com/api/kernels/{id}
class Socket {
  constructor(options) {
    this.settings = options.settings ?? makeSettings();
  }
  open() {
    const { WebSocket, baseUrl } = this.settings;
    // ~ websocket wss://hub.example.com/channels
    // ~ websocket {options.settings.baseUrl}channels
    new WebSocket(baseUrl + "channels");
    return new this.settings.WebSocket("/terminals"); // ~ websocket {location.origin as ws}/terminals
  }
}
function unheard(settings) {
  return new settings.EventSource("/unheard"); // ~ eventsource /unheard medium
}
model.fetch({ data: 1 });
function elsewhere(model) {
  return model.fetch({ data: 1 });
}
window.open("https://not.example.com/", "_blank");
function opens(thing) {
  thing.open("name", 1);
}
