/** Answers of pages that are judged by what reached the server. */
import { HINT_CONTROL } from './cases/prefetch.mjs';
import { ALLOWED } from './judge.mjs';

/** The request did not reach the server; whether a policy did that, only the control tells. */
export const ABSENT = 'absent';

const BLOCKED = Object.freeze({ effectiveDirective: null, blockedUri: null });

/**
 * @param {import('./cases/page.mjs').Page} page
 * @param {Set<number>} arrived  indices of the requests that reached the server
 */
export function judgeArrivals(page, arrived) {
  return page.requests.map((_, index) => (arrived.has(index) ? ALLOWED : ABSENT));
}

/**
 * Turns every `absent` into blocked, or into null where the hint did not arrive under the control policy either.
 * The absence of a preconnect is never proof: Firefox leaves out about one in four on https pages, whatever the policy.
 *
 * @param {import('./cases/page.mjs').Page[]} pages
 * @param {import('./schedule.mjs').Job[]} jobs
 * @param {((null|'allowed'|'absent'|object)[]|null)[]} results  by job; changed in place
 */
export function resolveAbsences(pages, jobs, results) {
  const madeUnderControl = new Set();
  const key = ({ origin }, { api, url }) => `${origin} ${api} ${url}`;
  const arrivalJobs = [...jobs.entries()].filter(([i, job]) => pages[job.page].evidence === 'arrival' && results[i]);
  for (const [i, job] of arrivalJobs) {
    const page = pages[job.page];
    if (page.policies[0] !== HINT_CONTROL) continue;
    page.requests.forEach((request, k) => { if (results[i][k] === ALLOWED) madeUnderControl.add(key(page, request)); });
  }
  for (const [i, job] of arrivalJobs) {
    const page = pages[job.page];
    const isMade = (request) => request.api !== 'preconnect' && madeUnderControl.has(key(page, request));
    const meaningOfAbsence = (k) => (isMade(page.requests[k]) ? BLOCKED : null);
    results[i] = results[i].map((answer, k) => (answer === ABSENT ? meaningOfAbsence(k) : answer));
  }
}
