/**
 * Bytes of the header: control characters, bytes past ASCII, very long sources, digits in directive names.
 *
 * A line feed is left out: it ends the header's line. A byte past ASCII is sent alone (`encoding: latin1`), not as UTF-8;
 * the core group has the UTF-8 forms.
 */
import { connectSrc, isRunnable, reportPages, request, singlePage } from './page.mjs';

const ORIGIN = 'http://app.test';

/** @returns {import('./page.mjs').Page[]} */
export function bytesPages() {
  return [...longHostPages(), ...longPathPages(), ...nameWithDigitPages(), ...controlBytePages()].filter(isRunnable);
}

function controlBytePages() {
  return [
    ...TESTED_BYTES.flatMap((code) => [...pagesWith(code, 'report', PLACES), ...pagesWith(code, 'enforce', PLACES.slice(0, 3))]),
    ...BYTES_THAT_BREAK_HEADERS.flatMap((code) => pagesWith(code, 'report', PLACES.slice(0, 3))),
  ];
}

function pagesWith(code, mode, places) {
  const requests = ['http://api.test/', 'http://app.test/a'].map((url) => request('fetch', url));
  const rest = code > 0x7f ? { encoding: 'latin1' } : {};
  return places.map((place) => singlePage(ORIGIN, mode, place(String.fromCharCode(code)), requests, rest));
}

/** Where a byte may stand; the first three are tried in an enforced header too. */
const PLACES = [
  (byte) => `connect-src${byte}http://api.test`,
  (byte) => `connect-src http://api.test${byte}http://app.test`,
  (byte) => `connect-src ${byte}; connect-src 'none'`,
  (byte) => `connect${byte}-src 'none'`,
  (byte) => `connect-src 'none'${byte}`,
  (byte) => `${byte}connect-src 'none'`,
  (byte) => `img-src *;${byte}connect-src 'none'`,
  (byte) => `connect-src${byte}; default-src http://api.test`,
  (byte) => `img-src ${byte}; connect-src http://api.test`,
  (byte) => `default-src 'none'; connect-src * ${byte}`,
];

/** A page may fail to load for these, which costs half a minute: fewer places. */
const BYTES_THAT_BREAK_HEADERS = [0x00, 0x0d];

const CONTROL_BYTES = Array.from({ length: 0x20 }, (_, code) => code).filter((code) => code !== 0x0a);
const TESTED_BYTES = [...CONTROL_BYTES.filter((code) => !BYTES_THAT_BREAK_HEADERS.includes(code)), 0x7f, 0x80, 0xa0, 0xff];

/** Hosts by total length, as one label, as many labels, and behind a wildcard; alone and before a source that matches. */
function longHostPages() {
  const policies = HOST_LENGTHS.flatMap((length) => [
    `http://${oneLabel(length)}`, oneLabel(length), `http://${manyLabels(length)}`, `http://*.${manyLabels(length - 2)}`,
    `${manyLabels(length)}:80`, `http://api.test http://${oneLabel(length)}`, `http://${manyLabels(length)} http://api.test`,
  ].map(connectSrc));
  const urls = HOST_LENGTHS.flatMap((length) => [`http://${oneLabel(length)}/`, `http://${manyLabels(length)}/`]);
  const requests = ['http://api.test/', 'http://app.test/', ...urls].map((url) => request('fetch', url));
  return reportPages(ORIGIN, policies, requests, { policiesPerPage: 28 });
}

/** Paths by total length, as one segment and as many; alone and before a source that matches. */
function longPathPages() {
  const policies = PATH_LENGTHS.flatMap((length) => [
    `http://api.test${oneSegment(length)}`, `api.test${oneSegment(length)}`, `http://api.test:80${oneSegment(length)}`,
    `http://api.test${manySegments(length)}`, `http://api.test${manySegments(length - 1)}/`,
    `http://api.test${oneSegment(length)} http://app.test`, `http://app.test http://api.test${oneSegment(length)}`,
  ].map(connectSrc));
  const urls = PATH_LENGTHS.flatMap((length) => [
    `http://api.test${oneSegment(length)}`, `http://api.test${manySegments(length)}`, `http://api.test${manySegments(length - 1)}/x`,
  ]);
  const requests = ['http://api.test/', 'http://app.test/', ...urls].map((url) => request('fetch', url));
  return reportPages(ORIGIN, policies, requests, { policiesPerPage: 28 });
}

function nameWithDigitPages() {
  const requests = [
    request('fetch', 'http://api.test/'), request('fetch', 'http://app.test/'), request('websocket', 'ws://api.test/'),
  ];
  const policies = NAMES_WITH_DIGITS.flatMap((name) => [
    `${name} 'none'`, `${name} 'none'; connect-src http://api.test`, `connect-src http://api.test; ${name} 'none'`,
    `default-src http://app.test; ${name} http://api.test`,
  ]);
  return [
    ...reportPages(ORIGIN, policies, requests),
    ...policies.filter((_, i) => i % 4 === 1).map((policy) => singlePage(ORIGIN, 'enforce', policy, requests)),
  ];
}

const HOST_LENGTHS = [63, 64, 253, 254, 255, 256, 510, 511, 512, 513, 514, 520, 600];
const PATH_LENGTHS = [255, 256, 257, 510, 511, 512, 513, 514, 515, 520, 600, 1024, 1025];
const NAMES_WITH_DIGITS = [
  'connect-src2', '2connect-src', 'connect2-src', 'connect-src-2', 'c0nnect-src', 'connect-src1', '1', '0-1', 'x2',
  'connect-src_2', 'connect-src.2',
];

/** `aaa…a.test`, `length` characters long. */
function oneLabel(length) {
  return 'a'.repeat(length - '.test'.length) + '.test';
}

/** `bbb….bbb….test`, `length` characters long, no label longer than 50. */
function manyLabels(length) {
  return dotted(length - '.test'.length, '.') + '.test';
}

/** `/aaa…a`, `length` characters long. */
function oneSegment(length) {
  return '/' + 'a'.repeat(length - 1);
}

/** `/bbb…/bbb…`, `length` characters long, no segment longer than 50. */
function manySegments(length) {
  return '/' + dotted(length - 1, '/');
}

function dotted(length, separator) {
  const text = ('b'.repeat(50) + separator).repeat(Math.ceil(length / 51)).slice(0, length);
  return text.endsWith(separator) ? text.slice(0, -1) + 'b' : text;
}
