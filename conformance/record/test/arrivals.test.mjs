import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ABSENT, judgeArrivals, resolveAbsences } from '../src/arrivals.mjs';
import { request, singlePage } from '../src/cases/page.mjs';
import { HINT_CONTROL } from '../src/cases/prefetch.mjs';
import { ALLOWED } from '../src/judge.mjs';

const REQUESTS = [request('prefetch', 'http://api.test/x'), request('modulepreload', 'http://api.test/y')];
const PAGES = [HINT_CONTROL, "default-src 'none'"].map((policy) =>
  singlePage('http://app.test', 'enforce', policy, REQUESTS, { evidence: 'arrival' }));

test('a request that reached the server was allowed', () => {
  assert.deepEqual(judgeArrivals(PAGES[0], new Set([1])), [ABSENT, ALLOWED]);
});

test('an absence is blocked only where the control shows that the browser makes such requests', () => {
  const jobs = [{ page: 0 }, { page: 1 }];
  const results = [judgeArrivals(PAGES[0], new Set([0])), judgeArrivals(PAGES[1], new Set())];
  resolveAbsences(PAGES, jobs, results);
  assert.deepEqual(results[0], [ALLOWED, null]);
  assert.equal(results[1][0].effectiveDirective, null);
  assert.equal(results[1][1], null);
});

test('the absence of a preconnect is no proof, even where the control made it', () => {
  const requests = [request('preconnect', 'http://api.test:8080/')];
  const pages = PAGES.map((page) => ({ ...page, requests }));
  const results = [[ALLOWED], [ABSENT]];
  resolveAbsences(pages, [{ page: 0 }, { page: 1 }], results);
  assert.deepEqual(results, [[ALLOWED], [null]]);
});

test('a page that did not report stays without answers', () => {
  const results = [null, null];
  resolveAbsences(PAGES, [{ page: 0 }, { page: 1 }], results);
  assert.deepEqual(results, [null, null]);
});
