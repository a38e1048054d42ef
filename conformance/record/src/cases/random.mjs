/** Pages drawn from a seed. The order of the draws is part of the format: a change gives every seed other cases. */
import { seededRandom } from '../random.mjs';
import { ORIGINS, blobUrl, hasSpecialBytes, redirected, request, singlePage } from './page.mjs';
import * as vocabulary from './vocabulary.mjs';

const REPORT_POLICIES = 70;
const REPORT_REQUESTS = 40;
const ENFORCED_PAGES = 12;
const ENFORCED_REQUESTS = 14;

/**
 * Rounds of one report-only page and a dozen enforced ones, until there are at least `cases` cases.
 *
 * @param {string} seed
 * @param {number} cases
 * @returns {import('./page.mjs').Page[]}
 */
export function randomPages(seed, cases) {
  const draw = new Draw(seededRandom(seed));
  const pages = [];
  let total = 0;
  while (total < cases) {
    pages.push(draw.reportPage());
    total += REPORT_POLICIES * REPORT_REQUESTS;
    for (let i = 0; i < ENFORCED_PAGES && total < cases; i++) {
      pages.push(draw.enforcedPage());
      total += ENFORCED_REQUESTS;
    }
  }
  return pages;
}

/** Draws the parts of a page, each from what is below it in this class. */
class Draw {
  constructor(random) {
    this.random = random;
  }

  reportPage() {
    const origin = this.random.weighted(ORIGIN_WEIGHTS);
    const policies = new Set();
    while (policies.size < REPORT_POLICIES) {
      const policy = this.policy();
      if (!policy.includes(',') && !hasSpecialBytes(policy)) policies.add(policy);
    }
    return { origin, mode: 'report', policies: [...policies], requests: this.requests(origin, REPORT_REQUESTS, false) };
  }

  enforcedPage() {
    const origin = this.random.weighted(ORIGIN_WEIGHTS);
    const policy = this.enforcedPolicy();
    const withoutRedirects = this.random.chance(0.7);
    return singlePage(origin, 'enforce', policy, this.requests(origin, ENFORCED_REQUESTS, withoutRedirects));
  }

  enforcedPolicy() {
    const policy = this.policyWithoutScriptSrc();
    if (this.random.chance(0.15)) {
      const second = this.policyWithoutScriptSrc();
      return policy + this.random.pick([',', ', ']) + second;
    }
    if (!this.random.chance(0.1)) return policy;
    if (this.random.chance(0.5)) return this.random.pick(vocabulary.SPECIAL_BYTES);
    return policy.replace(' ', this.random.pick(['\f', ' \xe9 ', ' \xa0 ']));
  }

  policyWithoutScriptSrc() {
    for (;;) {
      const policy = this.policy();
      if (!/script-src/i.test(policy)) return policy;
    }
  }

  policy() {
    const form = this.random.weighted(POLICY_FORMS);
    if (form === 'surrounded') {
      return [this.#noise(), this.#directive(this.random.chance(0.7) ? 'connect-src' : 'default-src'), this.#noise()]
        .join(this.#separator());
    }
    if (form === 'semicolons') return ';' + this.#space() + this.#directive('connect-src') + ' ;;';
    if (form === 'noise') return this.#noise() + this.#separator() + this.#noise();
    const [first, second] = form.split('+');
    if (!second) return this.#directive(first);
    return this.#directive(first) + this.#separator() + this.#directive(second);
  }

  requests(origin, count, withoutRedirects) {
    const drawn = new Map();
    for (let guard = 0; drawn.size < count && guard < 1000; guard++) {
      const next = this.#request(origin, withoutRedirects);
      const key = next.api + ' ' + next.url;
      if (!drawn.has(key)) drawn.set(key, next);
    }
    return [...drawn.values()];
  }

  #noise() {
    return this.random.pick(NEIGHBOUR_DIRECTIVES);
  }

  #separator() {
    return this.random.weighted([[80, '; '], [10, ';'], [5, ' ; '], [5, ';;']]);
  }

  #space() {
    return this.random.weighted([[90, ' '], [4, '  '], [4, '\t'], [2, ' \t ']]);
  }

  #directive(name) {
    return this.#caseOf(name) + this.#space() + this.#sourceList();
  }

  #caseOf(name) {
    const mixed = [...name].map((char) => (this.random.chance(0.5) ? char.toUpperCase() : char)).join('');
    return this.random.weighted([[92, name], [4, name.toUpperCase()], [4, mixed]]);
  }

  #sourceList() {
    const length = this.random.weighted([[46, 1], [28, 2], [14, 3], [7, 4], [3, 0], [2, 6]]);
    let list = '';
    for (let i = 0; i < length; i++) list += (i ? this.#space() : '') + this.#source();
    return list;
  }

  #source() {
    const { random } = this;
    return random.weighted([
      [16, () => random.pick(vocabulary.KEYWORDS)],
      [4, () => "'self'"],
      [2, () => "'none'"],
      [12, () => random.pick(vocabulary.SCHEME_SOURCES.slice(0, 16))],
      [58, () => random.weighted(SOURCE_PREFIXES) + random.weighted(SOURCE_HOSTS) + random.weighted(SOURCE_PORTS) + this.#sourcePath()],
      [5, () => random.pick(vocabulary.ODD_HOSTS)],
      [3, () => random.pick(vocabulary.KEYWORD_LISTS)],
    ])();
  }

  #sourcePath() {
    return this.random.weighted([[60, ''], [8, '/'], [32, null]]) ?? this.random.pick(vocabulary.SOURCE_PATHS);
  }

  #request(origin, withoutRedirects) {
    const kind = this.random.weighted([
      [60, 'http'], [26, 'websocket'], [4, 'local'], [withoutRedirects ? 0 : 8, 'redirect'], [3, 'websocketByHttpUrl'],
    ]);
    switch (kind) {
      case 'websocket': return this.#webSocketRequest(origin);
      case 'websocketByHttpUrl': return request('websocket', withoutFragment(this.#httpUrl(origin)));
      case 'local': return this.#localRequest(origin);
      case 'redirect': return this.#redirectedRequest(origin);
      default: return this.#httpRequest(origin);
    }
  }

  #webSocketRequest(origin) {
    const scheme = this.random.chance(0.5) ? 'ws' : 'wss';
    return request('websocket', `${scheme}://${this.#authority(origin)}${withoutFragment(this.#urlPath())}`);
  }

  #localRequest(origin) {
    const api = this.random.pick(['fetch', 'xhr', 'fetch', 'worker_fetch']);
    if (api === 'worker_fetch' || this.random.chance(0.5)) {
      return request(api, this.random.pick(['data:application/json,{}', 'data:text/plain,x']));
    }
    return request(api, blobUrl(origin));
  }

  #redirectedRequest(origin) {
    const target = withoutFragment(this.#httpUrl(origin));
    return redirected(this.random.weighted([[6, 'fetch'], [2, 'xhr'], [1, 'worker_fetch']]), origin, target);
  }

  #httpRequest(origin) {
    const api = this.random.weighted(API_WEIGHTS);
    const url = this.#httpUrl(origin);
    return request(api, api === 'webtransport' ? withoutFragment(url.replace(/^http:/, 'https:')) : url);
  }

  #httpUrl(origin) {
    const scheme = this.random.chance(0.5) ? 'http' : 'https';
    return `${scheme}://${this.#authority(origin)}${this.#urlPath()}`;
  }

  #authority(origin) {
    const host = this.random.weighted([...URL_HOSTS.slice(0, 2), [10, new URL(origin).hostname], ...URL_HOSTS.slice(2)]);
    return host + this.random.weighted([[62, ''], [8, ':443'], [7, ':80'], [12, ':8443'], [8, ':3000']]);
  }

  #urlPath() {
    return this.random.weighted([[45, '/'], [14, '/a'], [41, null]]) ?? this.random.pick(vocabulary.URL_PATHS);
  }
}

function withoutFragment(url) {
  return url.replace(/#.*/, '');
}

const ORIGIN_WEIGHTS = [[34, ORIGINS[0]], [34, ORIGINS[1]], [16, ORIGINS[2]], [9, ORIGINS[3]], [7, ORIGINS[4]]];

const POLICY_FORMS = [
  [48, 'connect-src'], [14, 'default-src'], [12, 'default-src+connect-src'], [4, 'connect-src+default-src'],
  [2, 'noise'], [6, 'connect-src+connect-src'], [2, 'default-src+default-src'], [8, 'surrounded'], [4, 'semicolons'],
];

const NEIGHBOUR_DIRECTIVES = [
  'foo bar', "img-src 'none'", 'img-src *', 'style-src https:', "object-src 'none'", "frame-ancestors 'none'",
  "base-uri 'self'", 'upgrade', 'x', "script-src 'self'", 'worker-src *', "child-src 'none'", 'media-src data:',
  'prefetch-src *',
];

const SOURCE_PREFIXES = [
  [40, ''], [16, 'http://'], [20, 'https://'], [8, 'ws://'], [8, 'wss://'], [2, 'HTTPS://'], [2, '//'],
  [1, 'http*://'], [1, 'custom://'], [1, 'ftp://'],
];

const SOURCE_HOSTS = [
  [24, 'api.test'], [14, 'app.test'], [9, '*.api.test'], [6, '*.test'], [6, '*'], [4, 'a.b.api.test'],
  [4, '*.app.test'], [3, 'sub.app.test'], [4, 'www.api.test'], [4, 'localhost'], [4, '127.0.0.1'], [2, '10.0.0.1'],
  [2, '[::1]'], [3, 'API.test'], [1, 'xn--bcher-kva.test'], [1, 'a_b.test'], [1, 'api.test.'], [1, '*.*.test'],
  [1, 'api.*'], [1, '*api.test'], [1, 'notapi.test'], [1, 'b.api.test'], [1, '*.b.api.test'], [1, 'test'],
  [1, '*.localhost'],
];

const SOURCE_PORTS = [
  [52, ''], [8, ':80'], [10, ':443'], [8, ':8443'], [5, ':3000'], [10, ':*'], [1, ':0443'], [1, ':'], [1, ':99999'],
  [1, ':0'], [1, ':080'],
];

const URL_HOSTS = [
  [26, 'api.test'], [18, 'app.test'], [9, 'www.api.test'], [6, 'a.b.api.test'], [4, 'b.api.test'], [4, 'notapi.test'],
  [6, 'sub.app.test'], [6, 'localhost'], [6, '127.0.0.1'], [3, '10.0.0.1'], [3, '[::1]'], [2, 'API.test'],
  [1, 'xn--bcher-kva.test'], [1, 'a_b.test'], [1, 'api.test.'], [1, 'test'], [2, 'other.test'],
];

const API_WEIGHTS = [
  [44, 'fetch'], [12, 'xhr'], [10, 'eventsource'], [8, 'beacon'], [10, 'worker_fetch'], [4, 'ping'],
  [3, 'import_json'], [2, 'fetchlater'], [3, 'webtransport'], [3, 'prefetch'],
];
