/** Merges the passes of every browser into rows, and counts. */
import { ALLOWED } from './judge.mjs';

/** Counts over one browser's rows. */
function newCounts() {
  return { allowed: 0, blocked: 0, null: 0, compared: 0, flips: 0, halfNull: 0 };
}

/**
 * The rows of a recording, in the order of pages, policies and requests.
 *
 * @param {{seed: string, pages: object[], jobs: object[], results: Object<string, (object[]|null)[]>}} recording
 *   `results`: by browser, then by job
 * @returns {{rows: Iterable<object>, counts: Object<string, object>, flips: object[]}} filled while the rows are read
 */
export function mergeRows({ seed, pages, jobs, results }) {
  const browsers = Object.keys(results);
  const counts = Object.fromEntries(browsers.map((browser) => [browser, newCounts()]));
  const flips = [];
  const passesOf = jobsByPage(jobs);
  function* rows() {
    let number = 0;
    for (const { page, index, policy, request, answerIndex } of allCases(pages)) {
      const row = baseRow(`${seed}-${String(++number).padStart(6, '0')}`, page, policy, request);
      const violations = {};
      for (const browser of browsers) {
        const answers = (passesOf.get(index) ?? []).map((job) => results[browser][job]?.[answerIndex] ?? null);
        const merged = mergeAnswers(answers, counts[browser]);
        row[browser] = merged.word;
        if (merged.violation) violations[browser] = merged.violation;
        if (merged.isFlip && flips.length < 60) flips.push({ id: row.id, browser, answers: answers.map(wordOf) });
      }
      yield withDetails(row, page, violations);
    }
  }
  return { rows: rows(), counts, flips };
}

/** One answer out of those of all passes: they must agree. */
export function mergeAnswers(answers, counts) {
  const words = answers.map(wordOf);
  const distinct = new Set(words);
  const isFlip = distinct.has('allowed') && distinct.has('blocked');
  const isHalf = distinct.size > 1 && !isFlip;
  const word = distinct.size === 1 ? words[0] : null;
  if (answers.length > 1 && (distinct.size > 1 || word !== null)) counts.compared++;
  if (isFlip) counts.flips++;
  if (isHalf) counts.halfNull++;
  counts[word]++;
  return { word, isFlip, violation: word === 'blocked' ? answers[0] : null };
}

function wordOf(answer) {
  if (answer === null) return null;
  return answer === ALLOWED ? 'allowed' : 'blocked';
}

function jobsByPage(jobs) {
  const byPage = new Map();
  jobs.forEach((job, i) => {
    if (!byPage.has(job.page)) byPage.set(job.page, []);
    byPage.get(job.page).push(i);
  });
  return byPage;
}

function* allCases(pages) {
  for (const [index, page] of pages.entries()) {
    for (const [p, policy] of page.policies.entries()) {
      for (const [r, request] of page.requests.entries()) {
        yield { page, index, policy, request, answerIndex: p * page.requests.length + r };
      }
    }
  }
}

function baseRow(id, page, policy, { api, url, redirectTo }) {
  return {
    id, origin: page.origin, mode: page.mode, policy, api, url, redirect_to: redirectTo,
    chromium: null, firefox: null, webkit: null,
  };
}

/** Fields that only some rows have. */
function withDetails(row, page, violations) {
  const optional = {
    context: page.context, header_policy: page.headerPolicy, meta_at: page.metaAt, encoding: page.encoding,
    evidence: page.evidence,
  };
  for (const [name, value] of Object.entries(optional)) if (value !== undefined) row[name] = value;
  const directives = fieldOf(violations, 'effectiveDirective');
  const uris = fieldOf(violations, 'blockedUri');
  const names = Object.values(directives);
  if (new Set(names).size > 1 || names.some((name) => name !== 'connect-src')) row.effectiveDirective = directives;
  if (new Set(Object.values(uris)).size > 1) row.blockedURI = uris;
  return row;
}

function fieldOf(violations, field) {
  return Object.fromEntries(Object.entries(violations)
    .filter(([, violation]) => violation[field] !== null)
    .map(([browser, violation]) => [browser, violation[field]]));
}
