// What the audit says of a page is what real browsers do: the request leaves, or it does not.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import http from 'node:http';
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
  navigation: (url) => { location.href = url; },
};
const LEAVING = ['form', 'navigation'];

const CASES = [
  { policy: "default-src 'none'; img-src *", allowlist: null },
  { policy: "default-src 'self'; script-src * 'unsafe-inline'; form-action 'self'", allowlist: null },
  { policy: 'connect-src http: https:; object-src *; frame-src *', allowlist: '(response-origin)' },
];

let server;
let reached;

before(async () => {
  reached = new Set();
  server = http.createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url, 'http://x');
    if (searchParams.has('mark')) reached.add(searchParams.get('mark'));
    if (pathname !== '/page') return void response.writeHead(200, { 'Content-Type': 'text/plain' }).end('x');
    const { policy, allowlist } = CASES[Number(searchParams.get('case'))];
    const headers = { 'Content-Type': 'text/html', 'Content-Security-Policy': policy };
    if (allowlist) headers['Connection-Allowlist'] = allowlist;
    response.writeHead(200, headers).end('<!doctype html><head></head><body></body>');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
});

after(() => { server.close(); server.closeAllConnections(); });

function audit(index, browser, page) {
  const { policy, allowlist } = CASES[index];
  const more = allowlist ? ['--connection-allowlist', allowlist] : [];
  const words = ['audit', '--format', 'json', '--browser', browser, '--page', page, ...more, policy];
  const { channels } = JSON.parse(execFileSync(process.env.CONNECT_SRC, words, { encoding: 'utf8' }));
  return Object.fromEntries(channels.map(({ channel, reach }) => [channel, OPEN.has(reach)]));
}

for (const name of BROWSER_NAMES) {
  test(`the audit's cells are what ${name} does`, { timeout: 60_000 }, async () => {
    const { port } = server.address();
    const stranger = `http://127.0.0.1:${port}`;
    const browser = await launch(name);
    try {
      const wrong = [];
      for (const [index] of CASES.entries()) {
        const url = `http://localhost:${port}/page?case=${index}`;
        const expected = audit(index, name, url);
        const marks = await use(browser, name, index, url, stranger);
        for (const [channel, mark] of Object.entries(marks)) {
          if (reached.has(mark) !== expected[channel]) wrong.push(`${CASES[index].policy}: ${channel} ${expected[channel] ? 'did not leave' : 'left'}`);
        }
      }
      assert.deepEqual(wrong, []);
    } finally {
      await browser.close();
    }
  });
}

/** Tries every channel towards the stranger; gives the marks by which its server knows them. */
async function use(browser, name, index, url, stranger) {
  const marks = {};
  const target = (channel) => {
    marks[channel] = `${name}-${index}-${channel}`;
    return `${stranger}/x?mark=${marks[channel]}`;
  };
  const open = async () => {
    const page = await browser.newPage();
    await page.goto(url);
    return page;
  };
  const page = await open();
  for (const [channel, use] of Object.entries(USES)) {
    if (!LEAVING.includes(channel)) await page.evaluate(use, target(channel)).catch(() => {});
  }
  const leaving = await Promise.all(LEAVING.map(async (channel) => {
    const page = await open();
    await page.evaluate(USES[channel], target(channel)).catch(() => {});
    return page;
  }));
  await new Promise((resolve) => setTimeout(resolve, 1500));
  await Promise.all([page, ...leaving].map((page) => page.close().catch(() => {})));
  return marks;
}
