import assert from 'node:assert/strict';
import { test } from 'node:test';
import { request, singlePage } from '../src/cases/page.mjs';
import { BrowserRun } from '../src/browser_run.mjs';
import { schedule } from '../src/schedule.mjs';

const HINTS = [request('prefetch', 'http://api.test/x'), request('preconnect', 'http://api.test:8080/')];
const NO_SOCKET = { destroy() {} };

function hintRun() {
  const pages = ["base-uri 'self'", "default-src 'none'"].map((policy) =>
    singlePage('http://app.test', 'enforce', policy, HINTS, { evidence: 'arrival' }));
  return new BrowserRun('firefox', pages, schedule('x', pages, 1), Infinity);
}

test('a browser is sent from page to page and then nowhere', () => {
  const run = hintRun();
  assert.equal(run.nextUrl(), 'http://app.test/page?browser=firefox&job=0');
  run.acceptArrivals(0);
  assert.equal(run.nextUrl(), 'http://app.test/page?browser=firefox&job=1');
  run.acceptArrivals(1);
  assert.equal(run.nextUrl(), null);
});

test('a hint of an earlier page that comes late does not count for the next', () => {
  const run = hintRun();
  run.acceptArrivals(0);
  run.visit(1);
  run.noteHint(0, 0);
  run.acceptArrivals(1);
  assert.deepEqual(run.results[1], ['absent', 'absent']);
});

test('only the port of a preconnect makes a connection a preconnect', () => {
  const run = hintRun();
  run.visit(0);
  run.noteConnection(80, NO_SOCKET);
  run.noteConnection(8080, NO_SOCKET);
  run.acceptArrivals(0);
  assert.deepEqual(run.results[0], ['absent', 'allowed']);
});

test('a report that comes after its page was given up is dropped', () => {
  const run = hintRun();
  run.acceptArrivals(0);
  run.accept(0, { results: [] });
  assert.equal(run.stats.badReports, 0);
  assert.equal(run.nextUrl(), 'http://app.test/page?browser=firefox&job=1');
});

test('a page whose report cannot be read has no answers', () => {
  const run = hintRun();
  run.accept(0, null);
  assert.equal(run.results[0], null);
  assert.equal(run.stats.badReports, 1);
});
