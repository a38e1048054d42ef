// Runs in the page under test. REQUESTS: [{api, url}], each URL with its own mark.
const TRY = {
  fetch: (url) => fetch(url).catch(() => {}),
  xhr: (url) => { const xhr = new XMLHttpRequest(); xhr.open('GET', url); xhr.send(); },
  beacon: (url) => navigator.sendBeacon(url, 'x'),
  eventsource: (url) => { const source = new EventSource(url); source.onerror = () => source.close(); },
  websocket: (url) => new WebSocket(url),
  image: (url) => { new Image().src = url; },
  script: (url) => add('script', { src: url }),
  style: (url) => add('link', { rel: 'stylesheet', href: url }),
  frame: (url) => add('iframe', { src: url }),
  video: (url) => add('video', { src: url, preload: 'auto' }),
  object: (url) => add('object', { data: url }),
  font: (url) => new FontFace('f' + Math.random(), `url("${url}")`).load().catch(() => {}),
  preconnect: (url) => add('link', { rel: 'preconnect', href: url }),
  prefetch: (url) => add('link', { rel: 'prefetch', href: url }),
  worker: (url) => new Worker(URL.createObjectURL(new Blob([`fetch(${JSON.stringify(url)}).catch(() => {})`]))),
  form: (url) => { const form = add('form', { action: url, method: 'POST' }); form.submit(); },
  navigation: (url) => { location.href = url; },
  webrtc: async (url) => {
    const connection = new RTCPeerConnection({ iceServers: [{ urls: url }] });
    connection.createDataChannel('x');
    await connection.setLocalDescription(await connection.createOffer());
  },
};

function add(name, attributes) {
  const element = Object.assign(document.createElement(name), attributes);
  document.body.append(element);
  return element;
}

// The recorder reads the title from outside: no policy hides it.
document.title = 'tries';
setTimeout(() => {
  for (const { api, url } of REQUESTS) {
    try { Promise.resolve(TRY[api](url)).catch(() => {}); } catch { /* Blocked at once; the server tells. */ }
  }
  document.title = 'tried';
}, 400);
