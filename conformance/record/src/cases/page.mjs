/**
 * A page is the unit of recording: one document, the policies it is served with and the requests it makes.
 * Its cases are the cross product of the two.
 *
 * @typedef {object} Page
 * @property {string} origin        where the page is served, such as `https://app.test:8443`
 * @property {'report'|'enforce'|'meta'} mode
 *   `report`: every policy in a report-only header of its own; `enforce`: the only policy in one enforced header;
 *   `meta`: the only policy in a `<meta http-equiv>`, enforced
 * @property {string[]} policies    exactly one unless the mode is `report`
 * @property {Request[]} requests
 * @property {string} [headerPolicy]  mode `meta`: another policy, enforced by header
 * @property {string} [metaAt]      mode `meta`: where the element stands; `head` when absent (see `document.mjs`)
 * @property {string} [context]     the kind of document that makes the requests; the page itself when absent
 * @property {'latin1'} [encoding]  each character of the policy is one byte of the header; UTF-8 when absent
 * @property {'arrival'} [evidence] judged by what reaches the server instead of by violation events
 *
 * @typedef {object} Request
 * @property {string} api
 * @property {string} url
 * @property {string|null} redirectTo  where the server redirects `url`
 */

/** The pages' origins of the `core` group and of random seeds. */
export const ORIGINS = ['http://app.test', 'https://app.test', 'https://app.test:8443', 'http://localhost', 'http://127.0.0.1'];

const NIL_UUID = '00000000-0000-4000-8000-000000000000';

/** @returns {Request} */
export function request(api, url, redirectTo = null) {
  return { api, url, redirectTo };
}

/** Stands in for the `blob:` URL that the page makes at run time. */
export function blobUrl(origin) {
  return `blob:${origin}/${NIL_UUID}`;
}

/** A request to a same-origin URL that redirects to `target`. */
export function redirected(api, origin, target) {
  return request(api, `${origin}/redir?to=${encodeURIComponent(target)}`, target);
}

/** The policy whose only directive is a connect-src with `sources`. */
export function connectSrc(sources) {
  return 'connect-src ' + sources;
}

/** True for a policy that must not share a page: a bad byte could disturb its neighbours. */
export function hasSpecialBytes(policy) {
  return /[^\t\x20-\x7e]/.test(policy);
}

/**
 * True unless an enforced policy names script-src: the page could then not run its own script
 * without an addition that changes the directive under test.
 */
export function isRunnable(page) {
  return page.mode === 'report' || page.evidence === 'arrival' || !/script-src/i.test(page.policies[0]);
}

/**
 * Report-only pages for all `policies` × `requests`, in chunks that a header block and a patient browser can bear.
 *
 * @returns {Page[]}
 */
export function reportPages(origin, policies, requests, { policiesPerPage = 110, requestsPerPage = 45, ...rest } = {}) {
  return chunks(unique(policies), policiesPerPage).flatMap((policyChunk) =>
    chunks(requests, requestsPerPage).map((requestChunk) => ({
      origin, mode: 'report', policies: policyChunk, requests: requestChunk, ...rest,
    })));
}

/** One page for one policy. @returns {Page} */
export function singlePage(origin, mode, policy, requests, rest = {}) {
  return { origin, mode, policies: [policy], requests, ...rest };
}

export function unique(list) {
  return [...new Set(list)];
}

function chunks(list, size) {
  const out = [];
  for (let i = 0; i < list.length; i += size) out.push(list.slice(i, i + size));
  return out;
}
