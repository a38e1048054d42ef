/**
 * From a page's raw events to its answers. Nothing here knows how a policy is matched: an answer that is missing or not
 * provably about the policy stays null.
 */
import { tagsFor } from './tags.mjs';

/** The answer "no violation". A violation is a `Violation`; null is no answer. */
export const ALLOWED = 'allowed';

/**
 * @typedef {object} Violation
 * @property {string} effectiveDirective
 * @property {string} blockedUri
 */

/**
 * What the page hands back.
 *
 * @typedef {object} Report
 * @property {number} milliseconds
 * @property {string} userAgent
 * @property {{fired: Object<string, number[]>, outcome: string|null}[]} results
 *   by position in the job's request order; `fired` has tags by `disposition|effectiveDirective|blockedURI`
 */

/** Counts of what was put aside, and why. */
export class Tally {
  mismatchedEvents = 0;
  eventsOfOtherDirectives = 0;
  neverControlFired = 0;
  contradictions = 0;
  failedSameOrigin = 0;
  requestsWithoutControl = {};
  examples = [];

  note(...example) {
    if (this.examples.length < 24) this.examples.push(example);
  }

  withoutControl({ api, redirectTo }) {
    const key = api + (redirectTo ? ' (redirected)' : '');
    this.requestsWithoutControl[key] = (this.requestsWithoutControl[key] ?? 0) + 1;
  }
}

/**
 * The answers of one run of a page, at `policy index * number of requests + request index`.
 *
 * @param {import('./cases/page.mjs').Page} page
 * @param {import('./schedule.mjs').Job} job
 * @param {Report} report
 * @param {Tally} tally
 * @returns {(null|'allowed'|Violation)[]}
 */
export function judge(page, job, report, tally) {
  const answers = new Array(page.policies.length * page.requests.length).fill(null);
  job.requestOrder.forEach((index, position) => {
    const result = report.results[position];
    if (!result) return;
    const request = page.requests[index];
    const evidence = gatherEvidence(page, request, result, tally);
    if (evidence.neverFired) tally.neverControlFired++;
    else if (page.mode === 'report') judgeReportOnly(page, job, index, evidence, answers, tally);
    else answers[index] = judgeEnforced(page, request, result, evidence, tally);
  });
  return answers;
}

/** Every policy of a report-only page, for one request: it fired, or it did not although the controls did. */
function judgeReportOnly(page, job, index, evidence, answers, tally) {
  if (!evidence.isControlled) {
    tally.withoutControl(page.requests[index]);
    return;
  }
  const { firstPolicy } = tagsFor(page.policies.length);
  job.policyOrder.forEach((policy, position) => {
    answers[policy * page.requests.length + index] = evidence.byTag.get(firstPolicy + position) ?? ALLOWED;
  });
}

/** An enforced policy: its event is proof; its silence only if the controls fired and nothing else can have stopped it. */
function judgeEnforced(page, request, { outcome }, evidence, tally) {
  if (evidence.enforced) {
    if (outcome !== 'ok') return evidence.enforced;
    tally.contradictions++;
    tally.note('blocked but succeeded', page.policies[0], request);
    return null;
  }
  if (isProvenBySuccess(page, request, outcome)) return ALLOWED;
  if (!evidence.isControlled || mayBeMixedContent(page, request)) return null;
  if (outcome === 'error' && /^(fetch|xhr|worker_fetch)$/.test(request.api) && isSameOrigin(page, request)) {
    tally.failedSameOrigin++;
    tally.note('nothing fired but failed', page.policies[0], request);
    return null;
  }
  return ALLOWED;
}

/** A frame may inherit the enforced policy and not the report-only controls (WebKit, `blob:`): then success is the proof. */
function isProvenBySuccess(page, { api }, outcome) {
  return page.context !== undefined && outcome === 'ok' && /^(fetch|xhr|eventsource)$/.test(api);
}

/** Sorts a request's events: which tags fired how often, which enforced violation came first. */
function gatherEvidence(page, request, { fired }, tally) {
  const belongs = blockedUriTest(request.url);
  const counts = new Map();
  const byTag = new Map();
  let enforced = null;
  for (const [key, tags] of Object.entries(fired)) {
    const { disposition, effectiveDirective, blockedUri } = splitKey(key);
    if (!belongs(blockedUri)) {
      tally.mismatchedEvents += tags.length;
      if (/^(connect|default)-src$/.test(effectiveDirective)) tally.note('event of another URL', request, key.slice(0, 300));
    } else if (!speaksFor(request.api, effectiveDirective)) {
      tally.eventsOfOtherDirectives += tags.length;
    } else {
      const violation = internViolation(effectiveDirective, blockedUri);
      if (disposition === 'enforce') enforced ??= violation;
      else countTags(tags, violation, counts, byTag);
    }
  }
  return { enforced, byTag, ...controls(page, request, counts) };
}

function countTags(tags, violation, counts, byTag) {
  for (const tag of tags) {
    counts.set(tag, (counts.get(tag) ?? 0) + 1);
    if (!byTag.has(tag)) byTag.set(tag, violation);
  }
}

/** Did both connect-src controls fire, before and after a redirect? A prefetch may be governed by default-src instead. */
function controls(page, { api, redirectTo }, counts) {
  const tags = tagsFor(page.mode === 'report' ? page.policies.length : 0);
  const needed = redirectTo ? 2 : 1;
  const fired = (...list) => list.every((tag) => (counts.get(tag) ?? 0) >= needed);
  return {
    isControlled: fired(tags.firstConnect, tags.lastConnect) || (api === 'prefetch' && fired(tags.firstDefault, tags.lastDefault)),
    neverFired: counts.has(tags.never),
  };
}

function splitKey(key) {
  const [disposition, effectiveDirective, ...rest] = key.split('|');
  return { disposition, effectiveDirective, blockedUri: rest.join('|') };
}

/** Only these directives can speak for a connection. */
function speaksFor(api, directive) {
  return directive === 'connect-src' || directive === 'default-src'
    || (api === 'prefetch' && directive === 'prefetch-src')
    || (api === 'import_json' && directive.startsWith('script-src'));
}

const OTHER_FAMILY = { 'http:': 'ws:', 'https:': 'wss:', 'ws:': 'http:', 'wss:': 'https:' };
const DEFAULT_PORTS = { 'http:': 80, 'ws:': 80, 'https:': 443, 'wss:': 443 };

/**
 * Tests whether a `blockedURI` belongs to a request: it is the URL, with or without fragment, or its scheme alone.
 * Nothing looser, because events may arrive late.
 *
 * @returns {(blockedUri: string) => boolean}
 */
export function blockedUriTest(url) {
  const local = /^(data|blob):/.exec(url)?.[1];
  if (local) return (blockedUri) => blockedUri === local || blockedUri.startsWith(local + ':');
  if (!URL.canParse(url)) return () => false;
  const parsed = new URL(url);
  const spellings = new Set(spellingsOf(parsed.href));
  const other = OTHER_FAMILY[parsed.protocol];
  if (other) spellingsOf(parsed.href.replace(/^[a-z]+:/, other)).forEach((spelling) => spellings.add(spelling));
  return (blockedUri) => spellings.has(blockedUri);
}

/** WebKit spells out the default port where the policy has a report-to. */
function spellingsOf(href) {
  const url = new URL(href);
  url.hash = '';
  const port = DEFAULT_PORTS[url.protocol];
  const withPort = !url.port && port ? [`${url.protocol}//${url.hostname}:${port}${url.pathname}${url.search}`] : [];
  return [href, url.href, url.protocol, url.protocol.slice(0, -1), ...withPort];
}

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\]|.*\.localhost)$/;

/** On an https page an insecure request that fired nothing may have been stopped before CSP. */
function mayBeMixedContent(page, request) {
  const url = targetOf(request);
  return page.origin.startsWith('https:') && /^(http|ws):$/.test(url?.protocol) && !LOOPBACK.test(url.hostname);
}

function isSameOrigin(page, request) {
  return targetOf(request)?.origin === page.origin;
}

function targetOf({ url, redirectTo }) {
  const target = redirectTo ?? url;
  return URL.canParse(target) ? new URL(target) : null;
}

/** One object for each pair: there are far fewer pairs than answers. */
function internViolation(effectiveDirective, blockedUri) {
  const key = `${effectiveDirective}|${blockedUri}`;
  let violation = violations.get(key);
  if (!violation) violations.set(key, violation = Object.freeze({ effectiveDirective, blockedUri }));
  return violation;
}

const violations = new Map();
