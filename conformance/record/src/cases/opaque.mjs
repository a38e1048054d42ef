/**
 * Documents whose origin is not the policy's self-origin: sandboxed pages, and frames that inherit their policy
 * (`srcdoc`, `blob:`, `about:blank`, `data:`).
 */
import { blobUrl, connectSrc, isRunnable, reportPages, request, singlePage } from './page.mjs';

const ORIGINS = ['http://app.test', 'https://app.test', 'https://app.test:8443'];

/** The kinds of document; `sandbox` and those after it have an opaque origin. */
const CONTEXTS = ['srcdoc', 'blob', 'about-blank', 'sandbox', 'data', 'sandbox-srcdoc', 'sandbox-blob'];

/** @returns {import('./page.mjs').Page[]} */
export function opaquePages() {
  return CONTEXTS.flatMap((context) => ORIGINS.flatMap((origin, i) => [
    ...reportPages(origin, policies(origin), requests(origin, context), { context }),
    ...policies(origin).filter((_, k) => i === 0 || k % 4 === i)
      .map((policy) => singlePage(origin, 'enforce', policy, requests(origin, context).slice(0, 14), { context })),
  ])).filter(isRunnable);
}

function policies(origin) {
  const { hostname, host } = new URL(origin);
  return [
    ...[
      "'none'", "'self'", "'SELF'", '*', hostname, host, origin, `${hostname}:*`, 'api.test', 'http://api.test', 'https://api.test',
      '*.test', '*:*', 'http:', 'https:', 'ws:', 'wss:', 'data:', 'blob:', "'self' data:", "'self' api.test", '*:443', '*:80',
      'api.test:443', 'null', 'ws://app.test', 'wss://app.test', "'self' blob: data:", 'http://*', 'https://*', '//api.test', '',
    ].map(connectSrc),
    "default-src 'self'", "default-src 'none'", "default-src 'self'; connect-src *", "default-src *; connect-src 'self'",
    'img-src *', "default-src 'none'; connect-src 'self' api.test",
  ];
}

function requests(origin, context) {
  const opaque = CONTEXTS.indexOf(context) >= CONTEXTS.indexOf('sandbox');
  const ws = origin.replace(/^http/, 'ws');
  return [
    request('fetch', `${origin}/a`), request('fetch', 'http://api.test/'), request('fetch', 'https://api.test/'),
    request('websocket', `${ws}/a`), request('websocket', 'ws://api.test/'), request('websocket', 'wss://api.test/'),
    request('xhr', `${origin}/a`), request('fetch', 'https://app.test/'), request('fetch', 'https://app.test:8443/'),
    request('fetch', 'http://app.test/'), request('fetch', 'data:application/json,{}'),
    request('fetch', blobUrl(opaque ? 'null' : origin)), request('eventsource', `${origin}/a`), request('beacon', `${origin}/`),
    request('websocket', 'wss://app.test/'), request('websocket', 'ws://app.test/'), request('xhr', 'data:text/plain,x'),
    request('fetch', 'http://api.test:443/'), request('fetch', 'https://api.test:8443/'),
    request('fetch', 'http://other.test/'), request('eventsource', 'https://api.test/'),
  ];
}
