/** What the server sends for a job: the headers and the body of the page under test. */
import fs from 'node:fs';
import { reportOnlyPolicies, tagsFor } from './tags.mjs';

const script = (name) => fs.readFileSync(new URL(`./page/${name}`, import.meta.url), 'utf8');
const SUBMIT_SCRIPT = script('submit_report.js');
const REQUESTS_SCRIPT = script('requests.js');
const FRAME_SCRIPT = script('frame.js');

const SCRIPT_ALLOWANCE = "; script-src http: https: 'unsafe-inline' blob:; worker-src http: https:";
const FRAME_ALLOWANCE = '; frame-src http: https: blob: data:';

/** How long a page without a script waits for its hints to reach the server, in seconds. */
const HINT_SECONDS = 2;

/** Elements of the resource hints. */
const HINT_ELEMENTS = {
  prefetch: 'rel=prefetch',
  preconnect: 'rel=preconnect',
  modulepreload: 'rel=modulepreload',
  preload_fetch: 'rel=preload as=fetch crossorigin',
  preload_image: 'rel=preload as=image',
};

/**
 * The headers of a page: `[name, value]`, each value as the bytes that are sent.
 *
 * @param {import('./cases/page.mjs').Page} page
 * @param {import('./schedule.mjs').Job} job
 * @returns {[string, Buffer][]}
 */
export function policyHeaders(page, job) {
  const bytes = (text) => Buffer.from(text, page.encoding ?? 'utf8');
  const enforced = enforcedPolicies(page).map((policy) => ['Content-Security-Policy', bytes(policy)]);
  if (page.evidence === 'arrival') return enforced;
  const underTest = page.mode === 'report' ? job.policyOrder.map((k) => page.policies[k]) : [];
  const reportOnly = reportOnlyPolicies(underTest).map((policy) => ['Content-Security-Policy-Report-Only', bytes(policy)]);
  return [...enforced, ...reportOnly];
}

/** The body of a page. `query` names browser and job in every URL that comes back to the server. */
export function pageBody(page, job, query) {
  if (page.evidence === 'arrival') return hintsBody(page, job, query);
  const source = page.context && page.context !== 'sandbox' ? frameScript(page, job, query) : requestsScript(page, job, query);
  const element = `<script>${source}</script>`;
  const head = '<!doctype html><meta charset=utf-8><title>t</title><link rel=icon href="data:,">';
  const meta = page.mode === 'meta' ? metaElement(page) : '';
  switch (page.metaAt) {
    case 'after-request': return `${head}${element}${meta}<body>`;
    case 'inserted': return `${head}<body>${element}`;
    case 'body': return `${head}<body>${meta}${element}`;
    default: return `${head}${meta}<body>${element}`;
  }
}

/** The script of the worker that makes the page's `worker_fetch` requests. */
export function workerScript(page, job, query) {
  return fill(REQUESTS_SCRIPT, { JOB: { ...scriptJob(page, job, query), requests: [] } });
}

/**
 * An enforced page must still run its own script, so each policy that names a directive scripts fall back to is given a
 * script-src. That has no bearing on connections.
 */
export function withScriptAllowance(policy, allowance = SCRIPT_ALLOWANCE) {
  return policy.split(',').map((part) => (namesScriptFallback(part) ? part + allowance : part)).join(',');
}

function namesScriptFallback(policy) {
  return /(?:^|[;,\s])(?:default|script)-src(?:-elem)?(?=[\s;,\f]|$)/i.test(policy);
}

function enforcedPolicies(page) {
  const sandbox = page.context === 'sandbox' ? ['sandbox allow-scripts allow-forms'] : [];
  if (page.mode === 'report') return sandbox;
  if (page.mode === 'meta') return page.headerPolicy === undefined ? [] : [withScriptAllowance(page.headerPolicy)];
  if (page.evidence === 'arrival') return page.policies;
  const allowance = page.context ? SCRIPT_ALLOWANCE + FRAME_ALLOWANCE : SCRIPT_ALLOWANCE;
  return [...sandbox, withScriptAllowance(page.policies[0], allowance)];
}

function metaElement(page) {
  return `<meta http-equiv=Content-Security-Policy content="${attribute(metaContent(page))}">`;
}

/** A meta is one policy, so the allowance stands at its end, whatever commas are inside. */
function metaContent({ policies: [policy] }) {
  return namesScriptFallback(policy) ? policy + SCRIPT_ALLOWANCE : policy;
}

function scriptJob(page, job, query) {
  const { lastDefault, lastConnect } = tagsFor(page.mode === 'report' ? page.policies.length : 0);
  return {
    query, tags: { lastDefault, lastConnect }, enforced: page.mode !== 'report', metaAt: page.metaAt ?? null,
    metaContent: page.metaAt === 'inserted' ? metaContent(page) : null,
    requests: job.requestOrder.map((k) => page.requests[k]),
  };
}

function requestsScript(page, job, query) {
  return SUBMIT_SCRIPT + fill(REQUESTS_SCRIPT, { JOB: scriptJob(page, job, query) });
}

function frameScript(page, job, query) {
  const inner = fill(REQUESTS_SCRIPT, { JOB: { ...scriptJob(page, job, query), framed: true } });
  return SUBMIT_SCRIPT + fill(FRAME_SCRIPT, { FRAME: { context: page.context, query, script: inner } });
}

/** Puts values in place of `__NAME__`, safe inside a script element. */
function fill(source, values) {
  return Object.entries(values).reduce((text, [name, value]) =>
    text.replace(`__${name}__`, () => JSON.stringify(value).replace(/</g, '\\u003c')), source);
}

function hintsBody(page, job, query) {
  const links = job.requestOrder.map((k) => {
    const { api, url } = page.requests[k];
    return `<link ${HINT_ELEMENTS[api]} href="${attribute(`${url}?${query}&hint=${k}`)}">`;
  });
  return '<!doctype html><meta charset=utf-8><title>t</title><link rel=icon href="data:,">'
    + `<meta http-equiv=refresh content="${HINT_SECONDS};url=${attribute(`/arrived?${query}`)}">${links.join('')}<body>`;
}

function attribute(text) {
  return text.replace(/&/g, '&amp;').replace(/"/g, '&quot;');
}
