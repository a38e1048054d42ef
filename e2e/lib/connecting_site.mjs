/**
 * A site that connects by every way there is: by itself, by a frame of another site, by workers of every kind, through redirects, and
 * to where its policy does not let it.
 */
import { createHash } from 'node:crypto';
import http from 'node:http';

const HANDSHAKE = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const PIXEL = Buffer.from('R0lGODlhAQABAAAAACwAAAAAAQABAAA=', 'base64');
const EMPTY_MODULE = Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);

/** An EventSource that is done with its first message, which is what a test wants. */
const HELPERS = `
const socket = (url) => new WebSocket(url).addEventListener('open', (event) => event.target.close());
const events = (url) => { const source = new EventSource(url); source.onmessage = source.onerror = () => source.close(); };
const request = (url) => { const xhr = new XMLHttpRequest(); xhr.open('GET', url); xhr.send(); };
const ask = (url, options) => fetch(url, options).catch(() => {});
`;

const PAGES = {
  '/': ({ site, api, elsewhere, frame }) => `<!doctype html><html><head><title>The first page</title>
    <link rel="stylesheet" href="/style.css"><link rel="icon" href="data:,"><link rel="prefetch" href="/next.html">
    </head><body><h1>The first page</h1><img src="/pixel.gif" alt="">
    <a id="second" href="/second">second</a> <a href="/second?order=up">second, ordered</a> <a href="/second#part">part of second</a>
    <a href="/logout">Log out</a> <a href="/file.zip">a file</a> <a href="${elsewhere}/other-site">another site</a> <a href="mailto:a@b.test">mail</a>
    <a id="ping" href="#pinged" ping="${api}/ping ${elsewhere}/blocked-ping">ping</a>
    <iframe src="${frame}/frame"></iframe>
    <script src="/main.js"></script></body></html>`,
  '/second': () => `<!doctype html><html><head><title>The second page</title><link rel="icon" href="data:,"></head><body>
    <a href="/third">third</a> <a href="/">first</a>
    <script>fetch('/api/of-second'); addEventListener('pagehide', () => navigator.sendBeacon('/api/farewell', 'x'))</script></body></html>`,
  '/third': () => `<!doctype html><html><head><title>The third page</title><link rel="icon" href="data:,"></head><body>
    <script>fetch('/api/of-third'); addEventListener('beforeunload', (event) => event.preventDefault()); alert('here')</script></body></html>`,
  '/frame': ({ api }) => `<!doctype html><html><head><title>The frame</title></head><body>
    <script>fetch('${api}/of-frame'); new Worker('/frame-worker.js')</script></body></html>`,
  '/logout': () => '<!doctype html><title>Logged out</title><script>fetch("/api/of-logout")</script>',
};

const SCRIPTS = {
  '/main.js': ({ site, api, elsewhere, live }) => `${HELPERS}
function byFetch() {
  return ask('/api/fetch');
}
byFetch();
ask('${api}/fetch', { headers: { 'x-needs-preflight': 'yes' } });
ask('/api/keepalive', { keepalive: true, method: 'POST', body: 'x' });
ask('/redirect?to=${encodeURIComponent(`${api}/landed`)}');
ask('/redirect?to=${encodeURIComponent(`${elsewhere}/blocked-landing`)}');
request('/api/xhr');
events('/api/events');
events('/redirect?to=/api/events-landed');
socket('${live}/socket');
navigator.sendBeacon('/api/beacon', 'x');
if (window.fetchLater) fetchLater('/api/later', { activateAfter: 0 });
import('/data.json', { with: { type: 'json' } });
WebAssembly.instantiateStreaming(fetch('/module.wasm'));

ask('${elsewhere}/blocked-fetch');
ask('${elsewhere}/blocked-keepalive', { keepalive: true });
request('${elsewhere}/blocked-xhr');
try { events('${elsewhere}/blocked-events'); } catch {}
try { socket('${elsewhere.replace('http', 'ws')}/blocked-socket'); } catch {}
navigator.sendBeacon('${elsewhere}/blocked-beacon', 'x');
import('${elsewhere}/blocked.json', { with: { type: 'json' } }).catch(() => {});
if (window.fetchLater) try { fetchLater('${elsewhere}/blocked-later', { activateAfter: 0 }); } catch {}

new Worker('/worker.js');
new Worker('/module-worker.js', { type: 'module' });
new Worker(URL.createObjectURL(new Blob(["fetch('${site}/api/of-blob-worker')"])));
new SharedWorker('/shared-worker.js').port.start();
// Not in charge of this page and its workers, so that nobody has to guess which of their requests it came in time for.
navigator.serviceWorker.register('/service-worker.js', { scope: '/second' }).then(({ installing }) => {
  installing?.addEventListener('statechange', () => { if (installing.state === 'activated') installing.postMessage('go'); });
});
`,
  '/worker.js': ({ elsewhere, live }) => `${HELPERS}
ask('/api/of-worker'); request('/api/xhr-of-worker'); socket('${live}/socket-of-worker'); events('/api/events-of-worker');
ask('${elsewhere}/blocked-in-worker');
new Worker('/nested-worker.js');`,
  '/nested-worker.js': () => 'fetch("/api/of-nested-worker")',
  '/module-worker.js': () => 'import { path } from "/worker-module.js"; fetch(path);',
  '/worker-module.js': () => 'export const path = "/api/of-module-worker";',
  '/shared-worker.js': () => 'onconnect = () => {}; fetch("/api/of-shared-worker");',
  '/service-worker.js': () => `
addEventListener('install', (event) => event.waitUntil(fetch('/api/of-install').then(() => skipWaiting())));
addEventListener('message', (event) => event.waitUntil(fetch('/api/of-service-worker')));
addEventListener('fetch', (event) => event.respondWith(fetch(event.request)));`,
  '/frame-worker.js': () => 'fetch("/api/of-frame-worker")',
};

const PLAIN = {
  '/style.css': ['text/css', 'body { color: #222 }'],
  '/pixel.gif': ['image/gif', PIXEL],
  '/data.json': ['application/json', '{"a": 1}'],
  '/blocked.json': ['application/json', '{"a": 1}'],
  '/module.wasm': ['application/wasm', EMPTY_MODULE],
  '/next.html': ['text/html', '<!doctype html><title>Next</title>'],
};

/**
 * Servers on loopback: the site, a frame of another site, an API that its policy names, a host that it does not.
 *
 * @param {{policy?: (hosts: object) => string}} [options]  `policy`: the site's; without it, one that leaves `elsewhere` out
 */
export async function startConnectingSite({ policy = leavingOutElsewhere } = {}) {
  const arrivals = [];
  const reports = [];
  const hosts = {};
  const names = { site: 'localhost', frame: '127.0.0.1', api: 'api.localhost', elsewhere: 'elsewhere.localhost' };
  const servers = await Promise.all(Object.entries(names).map(async ([role, name]) => {
    const server = http.createServer((request, response) => answer(role, request, response));
    server.on('upgrade', (request, socket) => { arrivals.push(`${role} ${request.url}`); accept(request, socket); });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    hosts[role] = `http://${name}:${server.address().port}`;
    return server;
  }));
  hosts.live = hosts.site.replace('http', 'ws');

  function answer(role, request, response) {
    const url = new URL(request.url, hosts[role]);
    if (url.pathname === '/reports') return collect(request, response);
    if (request.method !== 'OPTIONS') arrivals.push(`${role} ${request.url}`);
    response.setHeader('access-control-allow-origin', request.headers.origin ?? '*');
    response.setHeader('access-control-allow-headers', '*, x-needs-preflight');
    response.setHeader('cache-control', 'no-store');
    if (request.method === 'OPTIONS') return response.writeHead(204).end();
    return content(role, url, response);
  }

  function content(role, url, response) {
    const send = (type, body) => response.setHeader('content-type', type).end(body);
    const { pathname } = url;
    // Of a worker's script, too: a worker has its own policy.
    if (role === 'site') response.setHeader('content-security-policy', `${site.policy(hosts)}; report-uri /reports`);
    if (pathname === '/redirect') return response.writeHead(302, { location: url.searchParams.get('to') }).end();
    if (/^\/(api\/events|blocked-events)/.test(pathname)) return send('text/event-stream', 'data: 1\n\n');
    if (pathname === '/file.zip') {
      response.setHeader('content-disposition', 'attachment');
      return send('application/zip', 'PK');
    }
    if (SCRIPTS[pathname]) return send('text/javascript', SCRIPTS[pathname](hosts));
    if (PLAIN[pathname]) return send(...PLAIN[pathname]);
    if (!PAGES[pathname]) return send('application/json', '{}');
    return send('text/html; charset=utf-8', PAGES[pathname](hosts));
  }

  function collect(request, response) {
    let body = '';
    request.setEncoding('utf8').on('data', (text) => { body += text; });
    request.on('end', () => { reports.push(JSON.parse(body)); response.writeHead(204).end(); });
  }

  const site = {
    hosts, arrivals, reports, policy,
    stop: () => Promise.all(servers.map((server) => new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); }))),
  };
  return site;
}

/** What the site needs, without what it should not connect to. */
export const leavingOutElsewhere = ({ api, live }) => `connect-src 'self' ${live} ${api}`;

/** Opens a WebSocket from the server's side, and closes it when the browser does. */
function accept(request, socket) {
  const key = createHash('sha1').update(request.headers['sec-websocket-key'] + HANDSHAKE).digest('base64');
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${key}\r\n\r\n`);
  socket.on('error', () => {});
  socket.once('data', () => socket.end());
}
