import assert from 'node:assert/strict';
import { test } from 'node:test';
import { redirected, request } from '../src/cases/page.mjs';
import { ALLOWED, blockedUriTest, judge, Tally } from '../src/judge.mjs';
import { tagsFor } from '../src/tags.mjs';

const API = request('fetch', 'http://api.test/');
const BLOCKED = { effectiveDirective: 'connect-src', blockedUri: 'http://api.test/' };

function page(mode, policies, requests, origin = 'http://app.test') {
  return { origin, mode, policies, requests };
}

function run(thePage, results, { policyOrder, requestOrder } = {}) {
  const job = {
    policyOrder: policyOrder ?? [...thePage.policies.keys()], requestOrder: requestOrder ?? [...thePage.requests.keys()],
  };
  const tally = new Tally();
  return { answers: judge(thePage, job, { results }, tally), tally };
}

/** Events for one URL: the controls (each `rounds` times) and further tags. */
function fired(url, count, tags = [], rounds = 1) {
  const all = tagsFor(count);
  const controls = [all.firstConnect, all.firstDefault, all.lastDefault, all.lastConnect];
  return { [`report|connect-src|${url}`]: [...Array(rounds).fill(controls).flat(), ...tags] };
}

const ENFORCED_EVENT = { 'enforce|connect-src|http://api.test/': [-1] };

test('report-only: a policy whose tag fired is blocked, the others are allowed', () => {
  const { answers } = run(page('report', ['a', 'b'], [API]), [{ fired: fired(API.url, 2, [3]), outcome: 'ok' }]);
  assert.deepEqual(answers, [ALLOWED, BLOCKED]);
});

test('report-only: shuffled policies and requests find back to their place', () => {
  const other = request('fetch', 'http://other.test/');
  const results = [{ fired: fired(other.url, 2, [2]), outcome: 'ok' }, { fired: fired(API.url, 2), outcome: 'ok' }];
  const { answers } = run(page('report', ['a', 'b'], [API, other]), results, { policyOrder: [1, 0], requestOrder: [1, 0] });
  assert.deepEqual(answers.map((answer) => answer === ALLOWED), [true, true, true, false]);
});

test('report-only: without the controls there is no answer', () => {
  const { answers, tally } = run(page('report', ['a'], [API]), [{ fired: { 'report|connect-src|http://api.test/': [0, 2] }, outcome: 'ok' }]);
  assert.deepEqual(answers, [null]);
  assert.deepEqual(tally.requestsWithoutControl, { fetch: 1 });
});

test('no answer when the policy fired that never can', () => {
  const { answers, tally } = run(page('report', ['a'], [API]), [{ fired: fired(API.url, 1, [tagsFor(1).never]), outcome: 'ok' }]);
  assert.deepEqual(answers, [null]);
  assert.equal(tally.neverControlFired, 1);
});

test('a redirected request needs each control twice', () => {
  const hop = redirected('fetch', 'http://app.test', 'http://api.test/');
  for (const [rounds, expected] of [[1, null], [2, ALLOWED]]) {
    const { answers } = run(page('report', ['a'], [hop]), [{ fired: fired(hop.url, 1, [], rounds), outcome: 'ok' }]);
    assert.deepEqual(answers, [expected]);
  }
});

test('an event of another URL or another directive is counted and does not decide', () => {
  const events = { ...fired(API.url, 1), 'report|connect-src|http://other.test/': [2], 'report|img-src|http://api.test/': [2] };
  const { answers, tally } = run(page('report', ['a'], [API]), [{ fired: events, outcome: 'ok' }]);
  assert.deepEqual(answers, [ALLOWED]);
  assert.equal(tally.mismatchedEvents, 1);
  assert.equal(tally.eventsOfOtherDirectives, 1);
});

test('a prefetch may be controlled by default-src alone', () => {
  const { firstDefault, lastDefault } = tagsFor(1);
  const events = { 'report|default-src|http://api.test/': [firstDefault, lastDefault] };
  for (const [api, expected] of [['prefetch', ALLOWED], ['fetch', null]]) {
    const { answers } = run(page('report', ['a'], [request(api, API.url)]), [{ fired: events, outcome: 'ok' }]);
    assert.deepEqual(answers, [expected]);
  }
});

test('enforced: the event is proof, unless the request succeeded all the same', () => {
  const thePage = page('enforce', ['a'], [API]);
  assert.deepEqual(run(thePage, [{ fired: ENFORCED_EVENT, outcome: 'error' }]).answers, [BLOCKED]);
  const contradiction = run(thePage, [{ fired: ENFORCED_EVENT, outcome: 'ok' }]);
  assert.deepEqual(contradiction.answers, [null]);
  assert.equal(contradiction.tally.contradictions, 1);
});

test('enforced: silence is allowed only under the controls', () => {
  const thePage = page('enforce', ['a'], [API]);
  assert.deepEqual(run(thePage, [{ fired: fired(API.url, 0), outcome: 'ok' }]).answers, [ALLOWED]);
  assert.deepEqual(run(thePage, [{ fired: {}, outcome: 'ok' }]).answers, [null]);
});

test('enforced: a same-origin fetch that failed without an event has no answer', () => {
  const self = request('fetch', 'http://app.test/a');
  const { answers } = run(page('enforce', ['a'], [self]), [{ fired: fired(self.url, 0), outcome: 'error' }]);
  assert.deepEqual(answers, [null]);
});

test('enforced: mixed content has no answer, except to loopback', () => {
  for (const [url, expected] of [['http://api.test/', null], ['http://localhost/', ALLOWED], ['https://api.test/', ALLOWED]]) {
    const thePage = page('enforce', ['a'], [request('fetch', url)], 'https://app.test');
    assert.deepEqual(run(thePage, [{ fired: fired(url, 0), outcome: 'ok' }]).answers, [expected]);
  }
});

test('enforced in a frame: a fetch that succeeded was allowed, controls or not', () => {
  const result = { fired: {}, outcome: 'ok' };
  assert.deepEqual(run({ ...page('enforce', ['a'], [API]), context: 'blob' }, [result]).answers, [ALLOWED]);
  assert.deepEqual(run({ ...page('report', ['a'], [API]), context: 'blob' }, [result]).answers, [null]);
});

test('a page that did not report a request leaves it without an answer', () => {
  assert.deepEqual(run(page('report', ['a'], [API]), []).answers, [null]);
});

test('a blockedURI belongs to a request if it is its URL or its scheme', () => {
  const cases = [
    ['http://api.test/a#f', 'http://api.test/a', true], ['http://api.test/a', 'http', true],
    ['ws://api.test/', 'http://api.test/', true], ['https://api.test/', 'wss://api.test:443/', true],
    ['http://api.test/a', 'http://api.test/b', false], ['http://api.test/a', 'http://api.test', false],
    ['data:text/plain,x', 'data', true], ['blob:http://app.test/1', 'blob:http://app.test/2', true], ['not a url', 'x', false],
  ];
  for (const [url, blockedUri, expected] of cases) assert.equal(blockedUriTest(url)(blockedUri), expected, `${url} ${blockedUri}`);
});
