import assert from 'node:assert/strict';
import { test } from 'node:test';
import { request, singlePage } from '../src/cases/page.mjs';
import { ALLOWED } from '../src/judge.mjs';
import { mergeRows } from '../src/rows.mjs';

const PAGE = { origin: 'http://app.test', mode: 'report', policies: ['a', 'b'], requests: [request('fetch', 'http://api.test/')] };
const JOBS = [{ page: 0 }, { page: 0 }];
const blocked = (effectiveDirective = 'connect-src', blockedUri = 'http://api.test/') => ({ effectiveDirective, blockedUri });

function merge(results, pages = [PAGE], jobs = JOBS) {
  const merged = mergeRows({ seed: 's', pages, jobs, results });
  return { ...merged, rows: [...merged.rows] };
}

test('a row has its fields in the documented order', () => {
  const { rows } = merge({ chromium: [[ALLOWED, blocked()], [ALLOWED, blocked()]] });
  assert.deepEqual(Object.keys(rows[0]), ['id', 'origin', 'mode', 'policy', 'api', 'url', 'redirect_to', 'chromium', 'firefox', 'webkit']);
  assert.deepEqual(rows.map(({ id, chromium, firefox }) => [id, chromium, firefox]), [
    ['s-000001', 'allowed', null], ['s-000002', 'blocked', null],
  ]);
});

test('answers that differ between passes become null and count as a flip', () => {
  const { rows, counts, flips } = merge({ firefox: [[ALLOWED, null], [blocked(), ALLOWED]] });
  assert.deepEqual(rows.map(({ firefox }) => firefox), [null, null]);
  assert.equal(counts.firefox.flips, 1);
  assert.equal(counts.firefox.halfNull, 1);
  assert.deepEqual(flips, [{ id: 's-000001', browser: 'firefox', answers: ['allowed', 'blocked'] }]);
});

test('a page that was never reached has no answers', () => {
  const { rows, counts } = merge({ webkit: [null, null] });
  assert.deepEqual(rows.map(({ webkit }) => webkit), [null, null]);
  assert.equal(counts.webkit.compared, 0);
});

test('directive and URI are told only where they are not the obvious ones', () => {
  const same = merge({ chromium: [[blocked(), ALLOWED]], firefox: [[blocked(), ALLOWED]] }, [PAGE], [{ page: 0 }]);
  assert.ok(!('effectiveDirective' in same.rows[0]) && !('blockedURI' in same.rows[0]));
  const other = merge({ chromium: [[blocked(), ALLOWED]], firefox: [[blocked('default-src', 'http'), ALLOWED]] }, [PAGE], [{ page: 0 }]);
  assert.deepEqual(other.rows[0].effectiveDirective, { chromium: 'connect-src', firefox: 'default-src' });
  assert.deepEqual(other.rows[0].blockedURI, { chromium: 'http://api.test/', firefox: 'http' });
});

test('how a policy was delivered is told where it is not a plain header', () => {
  const page = singlePage('http://app.test', 'meta', 'a', PAGE.requests, { headerPolicy: 'b', metaAt: 'body' });
  const { rows: [row] } = merge({ chromium: [[ALLOWED]] }, [page], [{ page: 0 }]);
  assert.equal(row.header_policy, 'b');
  assert.equal(row.meta_at, 'body');
  assert.ok(!('context' in row));
});
