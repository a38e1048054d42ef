/** `'self'`, schemeless hosts and hosts with a scheme against every pair of scheme and port, from pages on four ports. */
import { blobUrl, connectSrc, reportPages, request } from './page.mjs';

const ORIGINS = [
  'http://app.test', 'https://app.test', 'https://app.test:8443', 'http://app.test:8080', 'http://localhost:8080',
  'https://localhost', 'http://127.0.0.1:8080',
];

const PORTS = ['', ':80', ':443', ':8080', ':8443'];

/** @returns {import('./page.mjs').Page[]} */
export function selfportsPages() {
  return ORIGINS.flatMap((origin) => {
    const self = new URL(origin).hostname;
    return reportPages(origin, policies(self), requests(origin, self), { requestsPerPage: 60 });
  });
}

function policies(self) {
  const ports = [...PORTS, ':*'];
  const schemeless = [self, 'api.test', '*.test', '*'].flatMap((host) => ports.map((port) => host + port));
  const withScheme = ['http', 'https', 'ws', 'wss'].flatMap((scheme) =>
    [self, 'api.test'].flatMap((host) => ports.map((port) => `${scheme}://${host}${port}`)));
  return [
    ...["'self'", "'self' api.test:8443", ...schemeless, ...withScheme].map(connectSrc),
    "default-src 'self'", `default-src ${self}`, "default-src 'none'; connect-src 'self'",
  ];
}

function requests(origin, self) {
  const urls = ['http', 'https', 'ws', 'wss'].flatMap((scheme) =>
    [self, 'api.test'].flatMap((host) => PORTS.map((port) => `${scheme}://${host}${port}/`)));
  const byHttpUrl = ['http', 'https'].flatMap((scheme) =>
    ['', ':8080', ':8443'].map((port) => request('websocket', `${scheme}://${self}${port}/`)));
  return [
    ...urls.map((url) => request(url.startsWith('ws') ? 'websocket' : 'fetch', url)),
    ...byHttpUrl, request('fetch', blobUrl(origin)), request('xhr', `${origin}/a`), request('worker_fetch', `${origin}/a`),
  ];
}
