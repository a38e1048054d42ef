/** kill -9 at any moment: what was answered for is there, and the server starts on what it left. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Server, startDemoApplication } from '../lib/server.mjs';
import { sleep, until } from '../lib/wait.mjs';

const ROUNDS = Number(process.env.CRASH_ROUNDS ?? 6);
const POSTERS = 8;

/** A report about the policy that the server sends with a page, as a browser posts it. */
async function reportFor(server) {
  const response = await fetch(server.origin, { headers: { accept: 'text/html' } });
  const policy = response.headers.get('content-security-policy-report-only');
  assert.ok(policy, `the page came without a policy\n${server.tail}`);
  const [, place] = policy.match(/report-uri ([^\s;]+)/);
  return {
    url: new URL(place, server.origin),
    body: (number) => JSON.stringify({ 'csp-report': {
      'document-uri': `${server.origin}/`, 'effective-directive': 'connect-src', 'violated-directive': 'connect-src',
      'original-policy': policy, 'blocked-uri': `http://api.localhost:9/${number}`, disposition: 'report', 'status-code': 200,
    } }),
  };
}

describe('kill -9', { timeout: 300_000 }, () => {
  let application, server;
  let answered = 0;

  before(async () => {
    application = await startDemoApplication();
    const unlimited = '{ per-second = 100000, burst = 100000 }';
    server = await Server.start(application.url,
      `[collector]\ndurable = true\nper-address = ${unlimited}\ntotal = ${unlimited}\n`);
  });
  after(async () => {
    await server?.stop();
    await application?.stop();
  });

  const stored = async () => (await server.get('connections?class=genuine&limit=1000')).items
    .filter(({ origin }) => origin === 'http://api.localhost:9').reduce((sum, { count }) => sum + count, 0);

  for (let round = 1; round <= ROUNDS; round++) {
    test(`round ${round}: every answered report is stored`, async () => {
      const report = await reportFor(server);
      let isOver = false;
      const post = async () => {
        for (let number = 0; !isOver; number++) {
          const answer = await fetch(report.url, {
            method: 'POST', headers: { 'content-type': 'application/csp-report' }, body: report.body(number % 20),
          }).catch(() => null);
          if (answer?.status === 204) answered++;
          else if (answer) assert.fail(`a report was answered with ${answer.status}\n${server.tail}`);
        }
      };
      const posters = Array.from({ length: POSTERS }, post);
      await sleep(200 + Math.random() * 1500);
      await server.kill();
      isOver = true;
      await Promise.all(posters);
      const milliseconds = await server.startAgain();
      const found = await stored();
      console.log(`# round ${round}: ${answered} answered, ${found} stored, ready after ${Math.round(milliseconds)} ms`);
      assert.ok(found >= answered, `${answered} were answered with 204, ${found} are stored`);
      // What was committed without its answer having left is the only difference.
      assert.ok(found <= answered + round * POSTERS, `${answered} were answered, ${found} are stored`);
    });
  }

  test('the rollout stands where it stood', async () => {
    await server.post('rollout/propose', { site: '*', policy: "connect-src 'self'", why: 'before the crash' });
    await server.rollout('advance', '--share', '100%');
    await server.kill();
    await server.startAgain();
    const [status] = await server.get('rollout');
    assert.deepEqual([status.stage, status.share_percent, status.policy], ['enforce', 100, "connect-src 'self'"]);
    const response = await fetch(server.origin, { headers: { accept: 'text/html' } });
    assert.match(response.headers.get('content-security-policy'), /^connect-src 'self'; report-uri /);
  });

  test('a second server on the same database is refused, and says why', async () => {
    const second = server.command('serve', application.url, '--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0',
      '--database', server.database);
    await assert.rejects(second, /has this database; stop it, or give another/);
  });

  test('it ends by itself on SIGTERM', async () => {
    await until('the page to be there', async () => (await fetch(server.origin)).ok);
    assert.equal(await server.stop(), 0);
    server = null;
  });
});
