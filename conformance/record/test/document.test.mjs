import assert from 'node:assert/strict';
import { test } from 'node:test';
import vm from 'node:vm';
import { request, singlePage } from '../src/cases/page.mjs';
import { pagesFor } from '../src/cases/index.mjs';
import { pageBody, policyHeaders, withScriptAllowance, workerScript } from '../src/document.mjs';
import { schedule } from '../src/schedule.mjs';

const REQUESTS = [request('fetch', 'http://api.test/')];

function build(mode, policy, rest) {
  const page = singlePage('http://app.test', mode, policy, REQUESTS, rest);
  const [job] = schedule('x', [page], 1);
  return { headers: policyHeaders(page, job), body: pageBody(page, job, 'browser=x&job=0') };
}

function enforced({ headers }) {
  return headers.filter(([name]) => name === 'Content-Security-Policy').map(([, value]) => value.toString());
}

test('a report-only page enforces nothing', () => {
  assert.deepEqual(enforced(build('report', "connect-src 'none'")), []);
});

test('an enforced policy is sent as it is unless scripts would fall back to it', () => {
  assert.deepEqual(enforced(build('enforce', "connect-src 'none'")), ["connect-src 'none'"]);
  assert.match(enforced(build('enforce', "default-src 'none'"))[0], /^default-src 'none'; script-src /);
});

test('the allowance is added to each policy of a header that needs it', () => {
  assert.equal(withScriptAllowance("default-src 'none', connect-src *, DEFAULT-SRC x", '; +'), "default-src 'none'; +, connect-src *, DEFAULT-SRC x; +");
  assert.equal(withScriptAllowance('connect-src default-srcx', '; +'), 'connect-src default-srcx');
});

test('a latin1 policy is sent as single bytes, any other as UTF-8', () => {
  const last = (rest) => build('enforce', 'connect-src \xff', rest).headers[0][1];
  assert.deepEqual([...last({ encoding: 'latin1' }).subarray(-1)], [0xff]);
  assert.deepEqual([...last({}).subarray(-2)], [0xc3, 0xbf]);
});

test('a meta policy is in the markup, escaped, and in no header', () => {
  const built = build('meta', 'connect-src "x" &y');
  assert.deepEqual(enforced(built), []);
  assert.match(built.body, /content="connect-src &quot;x&quot; &amp;y"/);
});

test('the meta stands where the page says', () => {
  const order = (metaAt) => {
    const { body } = build('meta', 'connect-src x', { metaAt });
    return [['meta', body.indexOf('http-equiv=')], ['body', body.indexOf('<body>')], ['script', body.indexOf('<script>')]]
      .filter(([, at]) => at >= 0).sort((a, b) => a[1] - b[1]).map(([name]) => name).join(' ');
  };
  assert.equal(order(undefined), 'meta body script');
  assert.equal(order('after-request'), 'script meta body');
  assert.equal(order('body'), 'body meta script');
  assert.equal(order('inserted'), 'body script');
});

test('a sandboxed page gets a header of its own for it', () => {
  assert.deepEqual(enforced(build('enforce', 'connect-src x', { context: 'sandbox' })), ['sandbox allow-scripts allow-forms', 'connect-src x']);
});

test('a page of hints has no script and exactly its policy', () => {
  const page = singlePage('http://app.test', 'enforce', "default-src 'none'", [request('prefetch', 'http://api.test/x')], { evidence: 'arrival' });
  const [job] = schedule('x', [page], 1);
  assert.deepEqual(policyHeaders(page, job).map(([name, value]) => [name, value.toString()]), [['Content-Security-Policy', "default-src 'none'"]]);
  const body = pageBody(page, job, 'browser=x&job=0');
  assert.ok(!body.includes('<script'));
  assert.match(body, /<link rel=prefetch href="http:\/\/api\.test\/x\?browser=x&amp;job=0&amp;hint=0">/);
});

test('every kind of page has a script that parses and is filled in', () => {
  const kinds = new Map();
  for (const group of ['bytes', 'meta', 'opaque']) {
    for (const page of pagesFor(group, 0)) kinds.set([page.mode, page.context, page.metaAt].join(), page);
  }
  for (const [kind, page] of kinds) {
    const [job] = schedule('x', [page], 1);
    const [, script] = /<script>([\s\S]*?)<\/script>/.exec(pageBody(page, job, 'browser=x&job=0'));
    assert.doesNotMatch(script, /__[A-Z]+__/, kind);
    assert.doesNotThrow(() => new vm.Script(script), kind);
    assert.doesNotMatch(workerScript(page, job, 'browser=x&job=0'), /__[A-Z]+__/, kind);
  }
});
