import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { GROUPS, countCases, pagesFor } from '../src/cases/index.mjs';
import { hasSpecialBytes } from '../src/cases/page.mjs';
import { HINT_CONTROL } from '../src/cases/prefetch.mjs';

function digest(pages) {
  return createHash('sha256').update(JSON.stringify(pages)).digest('hex').slice(0, 16);
}

test('a seed gives the same cases on every machine', () => {
  assert.equal(digest(pagesFor('77', 60000)), '6e0e8c8b9b5d07b7');
});

test('the core cases are those of the stored vectors', () => {
  const pages = pagesFor('core', 0);
  assert.equal(countCases(pages), 78707);
  assert.equal(digest(pages), '7200a61ad2dece14');
});

test('another seed gives other cases', () => {
  assert.notEqual(digest(pagesFor('a', 3000)), digest(pagesFor('b', 3000)));
});

test('a random seed yields at least as many cases as asked for', () => {
  for (const cases of [1, 2800, 5000]) assert.ok(countCases(pagesFor('x', cases)) >= cases);
});

for (const group of Object.keys(GROUPS)) {
  const pages = pagesFor(group, 0);

  test(`${group}: a policy that is enforced or has special bytes has its page alone`, () => {
    for (const page of pages) {
      const needsOwnPage = page.mode !== 'report' || page.policies.some(hasSpecialBytes);
      assert.ok(!needsOwnPage || page.policies.length === 1, JSON.stringify(page).slice(0, 200));
    }
  });

  test(`${group}: no case twice on a page`, () => {
    for (const { policies, requests } of pages) {
      assert.equal(new Set(policies).size, policies.length);
      assert.equal(new Set(requests.map((request) => JSON.stringify(request))).size, requests.length);
    }
  });

  test(`${group}: no policy holds a byte that ends the header's line`, () => {
    for (const page of pages.filter(({ mode }) => mode !== 'meta')) {
      assert.ok(!page.policies.some((policy) => policy.includes('\n')));
    }
  });

  test(`${group}: a latin1 policy fits in single bytes`, () => {
    for (const page of pages.filter(({ encoding }) => encoding === 'latin1')) {
      assert.ok([...page.policies[0]].every((char) => char.codePointAt(0) < 0x100));
    }
  });
}

test('every origin of the prefetch group has its control page', () => {
  const pages = pagesFor('prefetch', 0);
  for (const origin of new Set(pages.map((page) => page.origin))) {
    assert.ok(pages.some((page) => page.origin === origin && page.policies[0] === HINT_CONTROL));
  }
});

test('long hosts and paths have the length that their name says', () => {
  const lengths = pagesFor('bytes', 0).flatMap(({ policies }) => policies)
    .map((policy) => /^connect-src http:\/\/(?:api\.test)?([/ab.]+(?:\.test)?)$/.exec(policy)?.[1].length).filter(Boolean);
  for (const length of [511, 512, 513]) assert.ok(lengths.filter((found) => found === length).length >= 4);
});
