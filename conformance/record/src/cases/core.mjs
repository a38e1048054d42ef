/** The hand-made core: every source form × URL, structures, APIs, redirects, special bytes, enforced samples. */
import { seededRandom } from '../random.mjs';
import { ORIGINS, blobUrl, connectSrc, isRunnable, redirected, reportPages, request, singlePage, unique } from './page.mjs';
import * as vocabulary from './vocabulary.mjs';

const MAIN_ORIGINS = ORIGINS.slice(0, 2);

/** @returns {import('./page.mjs').Page[]} */
export function corePages() {
  return [
    ...sourcePages(), ...furtherOriginPages(), ...pathPages(), ...structurePages(), ...apiPages(), ...redirectPages(),
    ...specialBytePages(), ...enforcedStructurePages(), ...enforcedSamplePages(), ...enforcedRedirectPages(),
  ].filter(isRunnable);
}

function allSources() {
  const { KEYWORDS, KEYWORD_LISTS, SCHEME_SOURCES, HOST_PREFIXES, HOSTS, PORTS } = vocabulary;
  const hosts = HOST_PREFIXES.flatMap((prefix) => HOSTS.map((host) => prefix + host));
  const ports = HOST_PREFIXES.flatMap((prefix) =>
    ['api.test', 'app.test'].flatMap((host) => PORTS.map((port) => prefix + host + port)));
  return [...KEYWORDS, ...KEYWORD_LISTS.filter((list) => !list.includes(',')), ...SCHEME_SOURCES, ...hosts, ...ports];
}

function sourcePages() {
  return MAIN_ORIGINS.flatMap((origin) => [
    ...reportPages(origin, allSources().map(connectSrc), plainRequests(origin)),
    ...reportPages(origin, vocabulary.ODD_HOSTS.map(connectSrc), ODD_HOST_REQUESTS),
  ]);
}

function furtherOriginPages() {
  return ORIGINS.slice(2).flatMap((origin) => reportPages(origin, [
    ...FURTHER_ORIGIN_SOURCES.map(connectSrc),
    "default-src 'self'", "default-src 'none'", "default-src 'none'; connect-src 'self'", 'connect-src',
  ], [
    ...httpRequests(), ...webSocketRequests(),
    request('fetch', blobUrl(origin)), request('fetch', 'data:application/json,{}'),
    request('websocket', 'ws://localhost:3000/'), request('websocket', 'wss://localhost:8443/'),
    request('fetch', 'https://localhost:8443/'), request('fetch', 'http://127.0.0.1:3000/'),
    request('websocket', 'ws://127.0.0.1:3000/'),
  ]));
}

function pathPages() {
  const plain = vocabulary.SOURCE_PATHS.map((path) => connectSrc('http://api.test' + path));
  const combined = ['', '/', '/a', '/a/', '/a/b', '/%61', '/a%2Fb', '/a?x=1', '/a#f'].flatMap((path) =>
    ['api.test', 'https://api.test', '*', 'http://api.test:*', 'ws://api.test'].map((host) => connectSrc(host + path)));
  const all = [...plain, ...combined];
  return [
    ...reportPages('http://app.test', all, vocabulary.URL_PATHS.map((path) => request('fetch', 'http://api.test' + path))),
    ...reportPages('http://app.test', all, ['/', '/a', '/a/b', '/%61', '/a%2Fb', '/a?x=1', '/ab'].flatMap((path) => [
      request('fetch', 'https://api.test' + path), request('websocket', 'ws://api.test' + path),
      request('websocket', 'wss://api.test' + path), request('fetch', 'http://api.test:8443' + path),
    ])),
    ...reportPages('https://app.test', all.filter((_, i) => i >= plain.length || i % 2 === 0),
      ['/', '/a', '/a/', '/a/b', '/%61', '/a?x=1', '/a%2Fb'].flatMap((path) => [
        request('fetch', 'https://api.test' + path), request('websocket', 'wss://api.test' + path),
      ])),
  ];
}

function structurePages() {
  return MAIN_ORIGINS.flatMap((origin) => reportPages(origin, vocabulary.STRUCTURES, structureRequests(origin)));
}

function apiPages() {
  return MAIN_ORIGINS.flatMap((origin) =>
    reportPages(origin, vocabulary.API_POLICIES, apiRequests(origin), { requestsPerPage: 60 }));
}

function redirectPages() {
  const byFetch = ORIGINS.slice(0, 4).flatMap((origin) => reportPages(origin, redirectPolicies(origin),
    vocabulary.REDIRECT_TARGETS.map((target) => redirected('fetch', origin, target))));
  const byOthers = reportPages('http://app.test', redirectPolicies('http://app.test'),
    vocabulary.REDIRECT_TARGETS.slice(0, 8).flatMap((target) =>
      ['xhr', 'eventsource', 'worker_fetch'].map((api) => redirected(api, 'http://app.test', target))));
  return [...byFetch, ...byOthers];
}

function specialBytePages() {
  const requests = [
    request('fetch', 'http://api.test/'), request('fetch', 'http://app.test/a'), request('fetch', 'http://other.test/'),
    request('websocket', 'ws://api.test/'), request('fetch', 'http://xn--bcher-kva.test/'),
    request('fetch', 'http://api.test/%C3%A9'),
  ];
  return [
    ...vocabulary.SPECIAL_BYTES.map((policy) => singlePage('http://app.test', 'report', policy, requests)),
    ...vocabulary.SPECIAL_BYTES.map((policy) => singlePage('http://app.test', 'enforce', policy, requests.slice(0, 4))),
  ];
}

function enforcedStructurePages() {
  const structures = unique(vocabulary.STRUCTURES);
  return MAIN_ORIGINS.flatMap((origin, i) => [
    ...vocabulary.COMMA_POLICIES,
    ...structures.filter((_, k) => k % (i === 0 ? 1 : 3) === 0),
  ].map((policy) => singlePage(origin, 'enforce', policy, ENFORCED_REQUESTS)));
}

function enforcedSamplePages() {
  const random = seededRandom('core-enforce');
  const pool = random.shuffle(unique([...allSources(), ...vocabulary.ODD_HOSTS]).map(connectSrc));
  const fixed = ENFORCED_REQUESTS.slice(0, 4);
  const isFixed = ({ api, url }) => fixed.some((other) => other.api === api && other.url === url);
  return pool.slice(0, 160).map((policy, i) => {
    const origin = MAIN_ORIGINS[i % 2];
    const drawn = random.shuffle(plainRequests(origin)).slice(0, 8);
    return singlePage(origin, 'enforce', policy, [...fixed, ...drawn.filter((drawnRequest) => !isFixed(drawnRequest))]);
  });
}

function enforcedRedirectPages() {
  const origin = 'http://app.test';
  const requests = vocabulary.REDIRECT_TARGETS.slice(0, 8).map((target) => redirected('fetch', origin, target));
  return redirectPolicies(origin).filter((_, i) => i % 2 === 0)
    .map((policy) => singlePage(origin, 'enforce', policy, requests));
}

function plainRequests(origin) {
  return [
    ...httpRequests(), ...webSocketRequests(),
    request('fetch', 'data:application/json,{}'), request('fetch', blobUrl(origin)),
    request('xhr', 'data:text/plain,x'), request('xhr', blobUrl(origin)),
  ];
}

function httpRequests() {
  const hosts = [
    'app.test', 'api.test', 'www.api.test', 'a.b.api.test', 'notapi.test', 'sub.app.test', 'localhost', '127.0.0.1',
    '10.0.0.1', '[::1]',
  ];
  return [
    ...['http', 'https'].flatMap((scheme) => hosts.map((host) => `${scheme}://${host}/`)),
    'http://API.test/', 'http://api.test:80/', 'http://api.test:443/', 'http://api.test:8443/', 'http://api.test:3000/',
    'https://api.test:80/', 'https://api.test:443/', 'https://api.test:8443/', 'http://app.test:443/',
    'http://app.test:8443/', 'http://app.test:3000/', 'https://app.test:8443/', 'https://app.test:80/',
    'http://localhost:3000/',
  ].map((url) => request('fetch', url));
}

function webSocketRequests() {
  const hosts = ['app.test', 'api.test', 'www.api.test', 'a.b.api.test', 'localhost', '127.0.0.1', '10.0.0.1', '[::1]'];
  return [
    ...['ws', 'wss'].flatMap((scheme) => hosts.map((host) => `${scheme}://${host}/`)),
    'ws://api.test:80/', 'ws://api.test:443/', 'ws://api.test:8443/', 'wss://api.test:443/', 'wss://api.test:8443/',
    'wss://api.test:80/', 'ws://app.test:8443/', 'wss://app.test:8443/', 'ws://app.test:3000/', 'ws://app.test:443/',
  ].map((url) => request('websocket', url));
}

function structureRequests(origin) {
  return [
    request('fetch', 'http://api.test/'), request('fetch', 'http://api.test/a'), request('fetch', 'http://app.test/'),
    request('fetch', 'https://api.test/'), request('fetch', 'https://app.test/'), request('fetch', 'https://other.test/'),
    request('xhr', 'http://api.test/'), request('websocket', 'ws://api.test/'), request('websocket', 'wss://api.test/'),
    request('websocket', 'ws://app.test/'), request('eventsource', 'http://api.test/'),
    request('beacon', 'http://app.test/'), request('fetch', 'data:application/json,{}'),
    request('fetch', blobUrl(origin)), request('worker_fetch', 'http://api.test/'), request('websocket', 'wss://app.test/'),
  ];
}

function apiRequests(origin) {
  const byHttp = HTTP_APIS.flatMap((api) => API_URLS
    .filter((url) => api !== 'webtransport' || url.startsWith('https'))
    .map((url) => request(api, url)));
  const byLocalUrl = ['eventsource', 'worker_fetch', 'xhr', 'fetch', 'import_json', 'beacon', 'fetchlater'].flatMap((api) => {
    const data = request(api, 'data:application/json,{}');
    return api === 'worker_fetch' || api === 'beacon' ? [data] : [data, request(api, blobUrl(origin))];
  });
  return [...byHttp, ...API_WEB_SOCKET_URLS.map((url) => request('websocket', url)), ...byLocalUrl];
}

function redirectPolicies(origin) {
  const selves = [origin, `${origin}/redir`, origin.replace(/^https?:\/\//, ''), `${origin}/`];
  const withSelf = REDIRECT_SOURCES.map((source) => connectSrc(`'self' ${source}`.trim()));
  const withHost = ['', 'http://api.test/zzz', 'https://api.test/zzz', 'http://app.test/zzz', 'api.test/a'].flatMap((source) =>
    selves.map((self) => connectSrc(`${self} ${source}`.trim())));
  return unique([
    ...withSelf, ...withHost,
    connectSrc(origin + '/zzz'), connectSrc(origin + '/zzz http://api.test'), connectSrc('*'), connectSrc("'none'"),
    "default-src 'self' http://api.test/zzz", "default-src 'self'", connectSrc('http: https:'), connectSrc('https:'),
    'img-src *',
  ]);
}

const REDIRECT_SOURCES = [
  '', 'http://api.test', 'http://api.test/', 'http://api.test/a', 'http://api.test/zzz', 'http://api.test/a/',
  'https://api.test/zzz', 'api.test/zzz', '*.api.test/zzz', 'http://app.test/zzz', 'https://app.test/zzz', '*/zzz',
  'http://api.test:8443/zzz', 'http://api.test:*/zzz', 'https:', 'http:', '*', 'http://api.test/%zz',
  'http://127.0.0.1/zzz', 'localhost/zzz',
];

const ENFORCED_REQUESTS = [
  request('fetch', 'http://api.test/'), request('fetch', 'http://app.test/a'), request('fetch', 'https://api.test/a'),
  request('fetch', 'http://other.test/'), request('websocket', 'ws://api.test/'), request('websocket', 'wss://app.test/'),
  request('xhr', 'http://api.test:8443/'), request('beacon', 'http://app.test/'),
  request('eventsource', 'http://api.test/'), request('worker_fetch', 'http://api.test/a'),
];

const HTTP_APIS = [
  'fetch', 'xhr', 'eventsource', 'beacon', 'ping', 'worker_fetch', 'import_json', 'fetchlater', 'webtransport', 'prefetch',
];

const API_URLS = [
  'http://app.test/a', 'https://app.test/a', 'https://app.test:8443/a', 'http://api.test/', 'http://api.test/a',
  'https://api.test/', 'https://api.test/a', 'https://api.test:443/b', 'https://api.test:8443/a',
  'http://api.test:8443/', 'https://www.api.test/', 'http://www.api.test/', 'http://127.0.0.1/', 'http://localhost/a',
];

const API_WEB_SOCKET_URLS = [
  'ws://app.test/a', 'wss://app.test/a', 'ws://api.test/', 'ws://api.test/a', 'wss://api.test/', 'wss://api.test/a',
  'wss://api.test:8443/a', 'http://app.test/a', 'https://app.test/a', 'http://api.test/', 'https://api.test/',
  'http://api.test/a', 'https://api.test/a', 'https://api.test:8443/a', 'https://www.api.test/', 'ws://localhost/',
  'ws://127.0.0.1/',
];

const FURTHER_ORIGIN_SOURCES = [
  "'self'", "'none'", '*', 'http:', 'https:', 'ws:', 'wss:', 'app.test', '*.test', 'api.test', 'http://api.test',
  'https://api.test', 'app.test:8443', 'https://app.test:8443', 'https://app.test', 'http://app.test',
  'wss://app.test:8443', 'app.test:*', 'api.test:*', 'localhost', 'http://localhost', 'https://localhost',
  'ws://localhost', 'localhost:*', 'localhost:3000', '127.0.0.1', 'http://127.0.0.1', 'https://127.0.0.1',
  'ws://127.0.0.1', '127.0.0.1:*', '127.0.0.1:3000', 'http://127.0.0.1:3000', '*:8443', '*:*', '*:80', '*:443',
  'https://*', 'http://*', "'self' ws:", '[::1]', 'http://[::1]', 'http://[::1]:*', '10.0.0.1', 'api.test:8443',
  'api.test:443', 'api.test:80', 'http://api.test:80', 'http://api.test:443', 'ws://api.test', 'wss://api.test',
];

const ODD_HOST_REQUESTS = [
  ...[
    'http://api.test/', 'https://api.test/', 'http://api.test/a', 'http://app.test/', 'https://app.test/',
    'http://www.api.test/', 'http://a.b.api.test/', 'http://notapi.test/', 'http://api.test:8443/',
    'http://api.test:443/', 'https://api.test:8443/', 'http://api.test:3000/', 'http://localhost/',
    'http://localhost:3000/', 'http://127.0.0.1/', 'https://127.0.0.1/', 'http://127.0.0.1:3000/', 'http://[::1]/',
    'http://[::1]:3000/', 'http://xn--bcher-kva.test/', 'http://bücher.test/', 'http://a_b.test/',
    'http://x.a_b.test/', 'http://api.test./', 'http://api.example/', 'http://test/', 'http://sub.localhost/',
  ].map((url) => request('fetch', url)),
  ...[
    'ws://api.test/', 'wss://api.test/', 'ws://api.test:8443/', 'ws://localhost:3000/', 'ws://127.0.0.1/',
  ].map((url) => request('websocket', url)),
];
