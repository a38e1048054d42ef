import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pagesFor } from '../src/cases/index.mjs';
import { schedule } from '../src/schedule.mjs';

const PAGES = pagesFor('x', 9000);

test('every page runs once in each pass', () => {
  const runs = schedule('x', PAGES, 3).map(({ page, pass }) => `${page}/${pass}`);
  assert.equal(runs.length, PAGES.length * 3);
  assert.equal(new Set(runs).size, runs.length);
});

test('the first pass keeps the order, the others are shuffled the same way every time', () => {
  const jobs = schedule('x', PAGES, 2);
  const [first, second] = [0, 1].map((pass) => jobs.find((job) => job.page === 0 && job.pass === pass));
  assert.deepEqual(first.policyOrder, [...PAGES[0].policies.keys()]);
  assert.notDeepEqual(second.policyOrder, first.policyOrder);
  assert.deepEqual([...second.policyOrder].sort((a, b) => a - b), first.policyOrder);
  assert.deepEqual(jobs, schedule('x', PAGES, 2));
});
