/**
 * Resource hints under an enforced policy, judged by what reaches the server.
 *
 * The pages run no script, so a policy is delivered exactly as written. The control is a policy that governs none of
 * this: a hint that does not arrive under it is not made by that browser, and has no answer under any policy.
 */
import { request, singlePage } from './page.mjs';

/** The policy under which every hint must arrive. */
export const HINT_CONTROL = "base-uri 'self'";

/** Each origin with the one port that only its preconnects use. */
const PRECONNECT_PORT = { 'http://app.test': 8080, 'https://app.test': 8443 };

/** @returns {import('./page.mjs').Page[]} */
export function prefetchPages() {
  return Object.keys(PRECONNECT_PORT).flatMap((origin) => [HINT_CONTROL, ...policies(origin)]
    .map((policy) => singlePage(origin, 'enforce', policy, requests(origin), { evidence: 'arrival' })));
}

function requests(origin) {
  const api = origin.replace('app.', 'api.');
  return [
    ...['prefetch', 'preload_fetch', 'modulepreload', 'preload_image'].flatMap((hint) =>
      [request(hint, `${api}/${hint}`), request(hint, `${origin}/${hint}`)]),
    request('preconnect', `${api}:${PRECONNECT_PORT[origin]}/`),
  ];
}

function policies(origin) {
  const api = origin.replace('app.', 'api.');
  const port = PRECONNECT_PORT[origin];
  return [
    "default-src 'none'", "connect-src 'none'", "prefetch-src 'none'", "img-src 'none'", "script-src 'none'",
    "default-src *; connect-src 'none'", "default-src *; prefetch-src 'none'", "default-src *; script-src 'none'",
    "default-src *; img-src 'none'", "default-src 'none'; connect-src *", "default-src 'none'; prefetch-src *",
    "connect-src 'none'; prefetch-src *", "default-src 'self'", "connect-src 'self'", "default-src 'none'; img-src 'self'",
    "connect-src 'none', default-src *", "default-src *, default-src 'none'", "default-src 'none'; base-uri *",
    ...FETCH_DIRECTIVES.map((directive) => `default-src 'none'; ${directive} ${api}`),
    `default-src ${api}`, `connect-src ${api}`, `default-src ${api}:${port}`, `default-src 'none'; connect-src ${api}:${port}`,
    `connect-src ${api}:${port}`, `default-src ${api}/prefetch`, `default-src 'none'; img-src ${api}/prefetch`,
    FETCH_DIRECTIVES.map((directive) => `${directive} 'none'`).join('; '),
    FETCH_DIRECTIVES.filter((directive) => directive !== 'img-src').map((directive) => `${directive} 'none'`).join('; '),
  ];
}

const FETCH_DIRECTIVES = [
  'child-src', 'connect-src', 'font-src', 'frame-src', 'img-src', 'manifest-src', 'media-src', 'object-src',
  'prefetch-src', 'script-src', 'script-src-elem', 'script-src-attr', 'style-src', 'style-src-elem', 'worker-src',
  'fenced-frame-src',
];
