import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reportOnlyPolicies, tagged, tagsFor } from '../src/tags.mjs';

test('a tag stands in a directive that connections never ask', () => {
  assert.equal(tagged("connect-src 'self'", 7), "connect-src 'self'; font-src http://k7.id");
});

test('controls stand first and last, around the policies in order', () => {
  const policies = reportOnlyPolicies(['connect-src a', 'connect-src b']);
  assert.deepEqual(policies, [
    "connect-src 'none'; font-src http://k0.id", "default-src 'none'; font-src http://k1.id",
    'connect-src a; font-src http://k2.id', 'connect-src b; font-src http://k3.id',
    'img-src http:; font-src http://k4.id', "default-src 'none'; font-src http://k5.id",
    "connect-src 'none'; font-src http://k6.id",
  ]);
});

test('every header carries the tag of its position', () => {
  for (const count of [0, 1, 110]) {
    const policies = reportOnlyPolicies(new Array(count).fill('connect-src x'));
    policies.forEach((policy, i) => assert.match(policy, new RegExp(`k${i}\\.id$`)));
    assert.equal(policies.length - 1, tagsFor(count).lastConnect);
  }
});
