// What the audit says of a page is what real browsers do: the request leaves, or it does not.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import dgram from 'node:dgram';
import http from 'node:http';
import net from 'node:net';
import { after, before, test } from 'node:test';
import { BROWSER_NAMES, launch } from '../lib/browsers.mjs';

/** Whether a channel may reach a stranger, by the word of the audit. */
const OPEN = new Set(['anywhere', 'not-governable', 'anyones-hosts']);

/** How a page uses a channel; each runs in the page. */
const USES = {
  fetch: (url) => void fetch(url, { mode: 'no-cors' }).catch(() => {}),
  xhr: (url) => { const xhr = new XMLHttpRequest(); xhr.open('GET', url); xhr.send(); },
  beacon: (url) => void navigator.sendBeacon(url, 'x'),
  eventsource: (url) => void new EventSource(url),
  websocket: (url) => void new WebSocket(url.replace('http:', 'ws:')),
  ping: (url) => {
    const link = document.body.appendChild(Object.assign(document.createElement('a'), { href: '#', ping: url }));
    link.click();
  },
  'json-module': (url) => void import(url, { with: { type: 'json' } }).catch(() => {}),
  prefetch: (url) => document.head.append(Object.assign(document.createElement('link'), { rel: 'prefetch', href: url })),
  preconnect: (url, { tcp }) => document.head.append(Object.assign(document.createElement('link'), { rel: 'preconnect', href: tcp })),
  webrtc: async (url, { stun }) => {
    const connection = new RTCPeerConnection({ iceServers: [{ urls: stun }] });
    connection.createDataChannel('x');
    await connection.setLocalDescription(await connection.createOffer());
  },
  media: (url) => document.body.append(Object.assign(document.createElement('video'), { preload: 'auto', src: url })),
  image: (url) => { new Image().src = url; },
  script: (url) => document.head.append(Object.assign(document.createElement('script'), { src: url })),
  style: (url) => document.head.append(Object.assign(document.createElement('link'), { rel: 'stylesheet', href: url })),
  font: (url) => void new FontFace('f', `url("${url}")`).load().catch(() => {}),
  frame: (url) => document.body.append(Object.assign(document.createElement('iframe'), { src: url })),
  object: (url) => document.body.append(Object.assign(document.createElement('object'), { data: url })),
  form: (url) => {
    const form = document.body.appendChild(Object.assign(document.createElement('form'), { action: url, method: 'POST' }));
    form.submit();
  },
  window: (url) => void window.open(url),
  navigation: (url) => { location.href = url; },
  base: (url) => {
    const { origin, pathname, search } = new URL(url);
    document.head.append(Object.assign(document.createElement('base'), { href: origin }));
    location.href = pathname + search;
  },
};
const LEAVING = ['form', 'navigation', 'window', 'base'];
// A report is sent by the browser, not by the page. A name that is looked up leaves no trace here; workers and the manifest are
// of the page's own origin, whatever the policy says.
const TOLD = [...Object.keys(USES), 'report'];
/** So many channels must at least be tried by a browser for the test to say something. */
const FEWEST = 15;

const CASES = [
  // The control: what does not leave without a policy either says nothing.
  { policy: null, allowlist: null },
  { policy: "default-src 'none'; img-src *", allowlist: null },
  { policy: "default-src 'self'; script-src * 'unsafe-inline'; form-action 'self'; report-uri STRANGER", allowlist: null },
  { policy: "default-src *; script-src * 'unsafe-inline'; base-uri 'none'; sandbox allow-scripts allow-forms allow-same-origin", allowlist: null },
  { policy: 'connect-src http: https:; object-src *; frame-src *', allowlist: '(response-origin)' },
];

let server;
let reached;
let counters;

before(async () => {
  reached = new Set();
  server = http.createServer((request, response) => {
    const { pathname, searchParams } = arrived(request);
    if (pathname !== '/page') return void response.writeHead(200, { 'Content-Type': 'text/plain' }).end('x');
    const { policy, allowlist } = CASES[Number(searchParams.get('case'))];
    const headers = { 'Content-Type': 'text/html' };
    if (policy) headers['Content-Security-Policy'] = policy.replace('STRANGER', searchParams.get('report'));
    if (allowlist) headers['Connection-Allowlist'] = allowlist;
    response.writeHead(200, headers).end('<!doctype html><head></head><body></body>');
  });
  server.on('upgrade', (request, socket) => { arrived(request); socket.destroy(); });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  counters = await Promise.all(CASES.map(openCounter));
});

after(() => {
  server.close();
  server.closeAllConnections();
  for (const counter of counters) counter.close();
});

/** Writes down the mark of a request that left the page's own host. */
function arrived(request) {
  const url = new URL(request.url, 'http://x');
  if (url.searchParams.has('mark') && request.headers.host.startsWith('127.0.0.1')) reached.add(url.searchParams.get('mark'));
  return url;
}

/** Ports for what carries no mark: connections, and packets of WebRTC. */
async function openCounter() {
  const counts = { preconnect: 0, webrtc: 0 };
  const tcp = net.createServer((socket) => { counts.preconnect += 1; socket.on('error', () => {}); socket.destroy(); });
  const stun = dgram.createSocket('udp4').on('message', () => { counts.webrtc += 1; });
  await new Promise((resolve) => tcp.listen(0, '127.0.0.1', resolve));
  await new Promise((resolve) => stun.bind(0, '127.0.0.1', resolve));
  const ports = { tcp: `http://127.0.0.1:${tcp.address().port}`, stun: `stun:127.0.0.1:${stun.address().port}` };
  return { counts, ports, close: () => { tcp.close(); stun.close(); } };
}

/** Whether each channel may reach the stranger, by the audit. */
function audit(index, browser, page, stranger) {
  const { policy, allowlist } = CASES[index];
  const more = allowlist ? ['--connection-allowlist', allowlist] : [];
  const text = policy.replace('STRANGER', `${stranger}/x`);
  const words = ['audit', '--format', 'json', '--browser', browser, '--page', page, ...more, text];
  const { channels } = JSON.parse(execFileSync(process.env.CONNECT_SRC, words, { encoding: 'utf8' }));
  const isOpen = ({ channel, reach }) => OPEN.has(reach) || (channel === 'report' && reach === 'these-hosts');
  return Object.fromEntries(channels.map((row) => [row.channel, isOpen(row)]));
}

for (const name of BROWSER_NAMES) {
  test(`the audit's cells are what ${name} does`, { timeout: 180_000 }, async () => {
    const { port } = server.address();
    const stranger = `http://127.0.0.1:${port}`;
    const browser = await launch(name);
    try {
      const [control, ...cases] = await inTurn(CASES.keys(), (index) => use(browser, name, index, port, stranger));
      const tried = TOLD.filter((channel) => control.has(channel) || channel === 'report');
      const wrong = cases.flatMap((left, at) => {
        const page = `http://localhost:${port}/`;
        const expected = audit(at + 1, name, page, stranger);
        return tried.filter((channel) => left.has(channel) !== expected[channel])
          .map((channel) => `${CASES[at + 1].policy}: ${channel} ${expected[channel] ? 'did not leave' : 'left'}`);
      });
      assert.ok(tried.length >= FEWEST, `only ${tried} were tried`);
      assert.deepEqual(wrong, []);
    } finally {
      await browser.close();
    }
  });
}

async function inTurn(items, task) {
  const results = [];
  for (const item of items) results.push(await task(item));
  return results;
}

/** Tries every channel towards the stranger; gives those by which something got there. */
async function use(browser, name, index, port, stranger) {
  const mark = (channel) => `${name}-${index}-${channel}`;
  const target = (channel) => `${stranger}/x?mark=${mark(channel)}`;
  const { counts, ports } = counters[index];
  const before = { ...counts };
  const url = `http://localhost:${port}/page?case=${index}&report=${encodeURIComponent(target('report'))}`;
  const open = async () => {
    const page = await browser.newPage();
    await page.goto(url);
    return page;
  };
  const page = await open();
  for (const channel of Object.keys(USES)) {
    if (!LEAVING.includes(channel)) await page.evaluate(USES[channel], target(channel), ports).catch(() => {});
  }
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const leaving = await inTurn(LEAVING, async (channel) => {
    const page = await open();
    await page.evaluate(USES[channel], target(channel)).catch(() => {});
    return page;
  });
  await new Promise((resolve) => setTimeout(resolve, 1500));
  await Promise.all([page, ...leaving].map((page) => page.close().catch(() => {})));
  const left = (channel) => reached.has(mark(channel)) || counts[channel] > before[channel];
  return new Set(TOLD.filter(left));
}
