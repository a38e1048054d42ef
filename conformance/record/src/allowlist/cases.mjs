/** What is asked about Connection-Allowlist: each header against the same URLs, some headers through every API. */

export const PAGE = 'https://app.test';

const URLS = [
  'https://app.test/own', 'https://www.app.test/x', 'https://app.test:8443/x', 'https://api.test/', 'https://api.test/v1/items',
  'https://api.test/v1/', 'https://api.test/v2/items', 'https://api.test/q?a=1', 'https://api.test:8443/v1/items',
  'https://b.api.test/x', 'https://a.b.api.test/x', 'https://other.test/', 'https://xn--bcher-kva.test/',
];

/** Patterns, each alone in a list. */
const PATTERNS = [
  'https://api.test', 'https://api.test/', 'https://api.test/*', 'https://api.test/v1', 'https://api.test/v1/', 'https://api.test/v1/*',
  'https://api.test/v1/items', 'https://api.test/:version/items', 'https://api.test/{v1/}?items', 'https://api.test/v(1|2)/items',
  'https://api.test/q?a=1*', 'https://api.test/q?*', 'https://api.test/q', 'https://api.test/#x', 'https://api.test/#*',
  'https://api.test:*', 'https://api.test:443', 'https://api.test:8443', 'https://api.test:8443/v1/*', 'https://api.test:',
  'https://*.api.test', 'https://{*.}?api.test', 'https://:sub.api.test', 'https://*api.test', 'https://*.test', 'https://*', 'https://*:*',
  '*://api.test', 'http{s}?://api.test', '*://*:*', '*', '*://*', 'https://api.*', 'https:', 'https:*', 'https://', '', ' ',
  'HTTPS://API.TEST', 'https://api.test/V1/items', 'https://user:pass@api.test', 'https://*:*@api.test', 'https://api.test/%76%31/items',
  'wss://api.test', 'ws://api.test', 'http://api.test', 'ws{s}?://api.test', '/v1/*', '//api.test', 'api.test', 'response-origin', "'self'",
  'https://app.test', 'https://{', 'https://api.test/(', 'https://api.test/{v1', 'https://xn--bcher-kva.test', 'https://[::1]', 'https://api.test.',
  'https://api.test/**', 'https://api.test/\\\\*', 'https://api.test/v1/../v2/items', 'https://api.test/./v1/items',
];

const quoted = (pattern) => `("${pattern}")`;

/** Whole headers. */
const HEADERS = [
  '', ' ', '()', '(response-origin)', '(response-origin "https://api.test")', '("https://api.test" response-origin)',
  'response-origin', '"https://api.test"', '(Response-Origin)', '(https://api.test)', '("https://api.test" 1 ?1 :YQ==: token)',
  '(1 2.5)', '("https://api.test";x=1)', '(response-origin;x)', '(response-origin), ("https://api.test")',
  'response-origin, ("https://api.test")', '("https://{" "https://api.test")', '("https://api.test"', '(response-origin);;',
  '((response-origin))', '("https://api.test",)', '("https://api.test"),', '("https://api.test") junk', '("https://api.test""https://other.test")',
  '( "https://api.test"   "https://other.test" )', "('https://api.test')", '("https://b\u00fccher.test")', '("https://api.test" "https://other.test" "https://*.api.test")',
  '(response-origin); report-to=csp', '(response-origin); report-to="csp"', '(response-origin); future=1', '(response-origin);redirects;webrtc',
  'a=("https://api.test")', '("https://api.test");redirects=1',
];

/** What redirects do. */
const REDIRECTS = [
  '', ';redirects', ';redirects=allow', ';redirects=block', ';redirects="allow"', ';redirects=other', ';redirects=?0', ';redirects=?1',
  ';redirects=allow;redirects=block', ';redirects=block;redirects=allow', ';Redirects=allow', ';redirection-allowed', ';redirects=1',
  ';redirects=BLOCK',
];

const REDIRECTED = [
  ['https://api.test/redir', 'https://other.test/'], ['https://api.test/redir', 'https://api.test/v1/items'],
  ['https://app.test/redir', 'https://api.test/'], ['https://other.test/redir', 'https://api.test/'],
];

/** What WebRTC does. */
const WEBRTC = [
  '', ';webrtc', ';webrtc=allow', ';webrtc=block', ';webrtc="allow"', ';webrtc="block"', ';webrtc=other', ';webrtc=?0', ';webrtc=?1', ';webrtc=1',
  ';webrtc=allow;webrtc=block', ';webrtc-allowed', ';webrtc=BLOCK',
];

const APIS = ['fetch', 'xhr', 'beacon', 'eventsource', 'websocket', 'image', 'script', 'style', 'frame', 'worker', 'video', 'object', 'font', 'form', 'navigation', 'preconnect', 'prefetch'];
const API_HEADERS = ['(response-origin)', '("https://api.test")', '("https://api.test:9443")', '("wss://api.test")', '()'];
const API_URLS = ['https://api.test/x', 'https://other.test/x'];

/**
 * Pages, each with one header and the requests to try. One that leaves the page is alone on it.
 *
 * @returns {{header: string | null, reportOnly: boolean, requests: {api: string, url: string, redirectTo: string | null}[]}[]}
 */
export function pages() {
  const fetches = URLS.map((url) => request('fetch', url));
  const redirected = REDIRECTED.map(([url, redirectTo]) => request('fetch', url, redirectTo));
  const apis = APIS.filter((api) => !isLeaving(api)).flatMap((api) => API_URLS.map((url) => apiRequest(api, url)));
  const leaving = APIS.filter(isLeaving).flatMap((api) => API_URLS.map((url) => apiRequest(api, url)));
  const page = (header, requests, reportOnly = false) => ({ header, reportOnly, requests });
  return [
    ...[...PATTERNS.map(quoted), ...HEADERS].map((header) => page(header, fetches)),
    ...REDIRECTS.map((parameters) => page(`(response-origin "https://api.test")${parameters}`, redirected)),
    ...WEBRTC.map((parameters) => page(`(response-origin)${parameters}`, [request('webrtc', 'stun:127.0.0.4:3478')])),
    ...API_HEADERS.flatMap((header) => [page(header, apis), ...leaving.map((one) => page(header, [one]))]),
    page('()', fetches, true), page('(response-origin)', redirected, true), page('()', apis, true),
  ];
}

const request = (api, url, redirectTo = null) => ({ api, url, redirectTo });
const isLeaving = (api) => api === 'form' || api === 'navigation';

function apiRequest(api, url) {
  if (api === 'websocket') return request(api, url.replace('https:', 'wss:'));
  // A connection without a request is told apart by its port.
  if (api === 'preconnect') return request(api, url.replace('.test/x', '.test:9443/'));
  return request(api, url);
}
