/** Policies delivered by `<meta http-equiv=Content-Security-Policy>`, alone and together with a header. */
import { connectSrc, isRunnable, request, singlePage } from './page.mjs';
import { SPECIAL_BYTES, STRUCTURES } from './vocabulary.mjs';

const ORIGINS = ['http://app.test', 'https://app.test'];

/** @returns {import('./page.mjs').Page[]} */
export function metaPages() {
  return ORIGINS.flatMap((origin, i) => [
    ...pages(origin, BASICS.map(connectSrc)),
    ...pages(origin, [...COMMAS, ...IGNORED_IN_META, ...MARKUP]),
    ...pages(origin, STRUCTURES.filter((_, k) => k % 3 === i)),
    ...(i === 0 ? pages(origin, META_BYTES) : []),
    ...headerAndMetaPages(origin),
    ...placedPages(origin),
  ]).filter(isRunnable);
}

function pages(origin, policies) {
  return policies.map((policy) => singlePage(origin, 'meta', policy, requests(origin)));
}

function headerAndMetaPages(origin) {
  return HEADER_AND_META.map(([headerPolicy, policy]) =>
    singlePage(origin, 'meta', policy, requests(origin), { headerPolicy }));
}

/** One request a page: with `after-request` only the first is made before the element is parsed. */
function placedPages(origin) {
  const policies = ["connect-src 'none'", "connect-src 'self'", "default-src 'none'"];
  return ['after-request', 'inserted', 'body', 'removed', 'emptied'].flatMap((metaAt) => policies.flatMap((policy) =>
    ['fetch', 'xhr', 'eventsource', 'beacon'].flatMap((api) => ['/a', 'http://api.test/'].map((path) =>
      singlePage(origin, 'meta', policy, [request(api, new URL(path, origin).href)], { metaAt })))));
}

function requests(origin) {
  const ws = origin.replace(/^http/, 'ws');
  return [
    request('fetch', `${origin}/a`), request('fetch', origin.replace('app', 'api') + '/'),
    request('fetch', 'https://other.test/'), request('xhr', `${origin}/a`), request('websocket', `${ws}/a`),
    request('websocket', `${ws.replace('app', 'api')}/`), request('eventsource', `${origin}/a`),
    request('beacon', `${origin}/`), request('fetch', 'data:application/json,{}'),
  ];
}

const BASICS = [
  "'none'", "'self'", '*', 'http:', 'https:', 'ws: wss:', 'data:', 'http://api.test', 'https://api.test', 'api.test',
  '*.test', 'https://other.test', "'self' https://other.test/a", 'http://api.test https://api.test',
  "'self' ws://api.test", '', "'SELF'", "\t'self'\t",
];

/** The standard parses a meta as one policy: the comma belongs to the value. */
const COMMAS = [
  'connect-src http://api.test https://api.test, connect-src http://app.test https://app.test',
  "connect-src *, connect-src 'none'", "connect-src 'none', connect-src *", "connect-src 'self', img-src *",
  "img-src *, connect-src 'none'", "img-src *; x y, connect-src 'none'", "connect-src 'self' , connect-src 'none'",
  "connect-src 'self'; x, connect-src 'none'", 'connect-src http://api.test,http://app.test',
  ",connect-src 'none'", ", connect-src 'none'", "connect-src 'self',", "connect-src 'none';,", 'connect-src ,',
  "default-src 'unsafe-inline' *, connect-src 'none'", "default-src 'unsafe-inline' 'self', connect-src https://other.test",
];

/** What the standard removes from a policy that a meta delivers, beside a connect-src that must stay. */
const IGNORED_IN_META = [
  'report-uri /report', 'frame-ancestors \'none\'', 'sandbox', 'sandbox allow-scripts', 'report-to x',
  'upgrade', 'base-uri \'self\'',
].flatMap((directive) => [
  `${directive}; connect-src 'none'`, `connect-src 'self'; ${directive}`, `${directive}; connect-src *`,
]);

/** Characters that HTML could change on the way. */
const MARKUP = [
  'connect-src http://app.test/a?x=1&y=2', "connect-src 'self'&nbsp;'none'", 'connect-src "\'self\'"', "connect-src 'self' <b>",
  "connect-src\n'self'", "connect-src 'self'\n;\nimg-src *", "connect-src\r\n'none'", "connect-src\f'self'",
];

const META_BYTES = [
  ...SPECIAL_BYTES.filter((_, i) => i % 2 === 0), "connect-src 'none'\x01", "\x01connect-src 'none'",
  "connect-src 'none'\u200b", "\ufeffconnect-src 'none'",
];

const HEADER_AND_META = [
  ["connect-src 'none'", 'connect-src *'], ['connect-src *', "connect-src 'none'"],
  ["connect-src 'self'", 'connect-src http://api.test https://api.test'],
  ["connect-src 'self' http://api.test https://api.test", 'connect-src http://api.test https://api.test'],
  ["connect-src 'self'", "default-src 'none'"], ["default-src 'none'", "connect-src 'self'"],
  ["img-src 'none'", "connect-src 'self'"], ["connect-src 'self'", "img-src 'none'"],
  ["connect-src 'self'", ''], ["connect-src 'self', connect-src 'none'", 'connect-src *'],
  ["connect-src 'none'; report-uri /report", 'connect-src *'],
  ["connect-src *; report-uri /report", "connect-src 'none'; report-uri /report"],
];
