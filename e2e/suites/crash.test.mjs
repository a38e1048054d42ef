/** kill -9 at any moment: what was answered for is there, and the server starts on what it left. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Server, startDemoApplication } from '../lib/server.mjs';
import { sleep } from '../lib/wait.mjs';

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

/** Posts reports until it is told to stop; counts those that were answered. */
class Posters {
  answered = 0;
  #isOver = false;
  #running;

  constructor(server, report) {
    const post = async () => {
      for (let number = 0; !this.#isOver; number++) {
        const answer = await fetch(report.url, {
          method: 'POST', headers: { 'content-type': 'application/csp-report' }, body: report.body(number % 20),
        }).catch(() => null);
        if (answer?.status === 204) this.answered++;
        else if (answer) assert.fail(`a report was answered with ${answer.status}\n${server.tail}`);
      }
    };
    this.#running = Promise.all(Array.from({ length: POSTERS }, post));
  }

  /** Gives how many reports were answered. */
  async stop() {
    this.#isOver = true;
    await this.#running;
    return this.answered;
  }
}

const UNLIMITED = '{ per-second = 100000, burst = 100000 }';
const LIMITS = `per-address = ${UNLIMITED}\ntotal = ${UNLIMITED}\n`;

/** How many reports of ours are stored. */
async function stored(server) {
  const { items } = await server.get('connections?class=genuine&limit=1000');
  return items.filter(({ origin }) => origin === 'http://api.localhost:9').reduce((sum, { count }) => sum + count, 0);
}

describe('kill -9', { timeout: 300_000 }, () => {
  let application, server;
  let answered = 0;

  before(async () => {
    application = await startDemoApplication();
    server = await Server.start(application.url, `[collector]\ndurable = true\n${LIMITS}`);
  });
  after(async () => {
    await server?.stop();
    await application?.stop();
  });

  for (let round = 1; round <= ROUNDS; round++) {
    test(`round ${round}: every report that was answered is stored`, async () => {
      const posters = new Posters(server, await reportFor(server));
      await sleep(200 + Math.random() * 1500);
      await server.kill();
      answered += await posters.stop();
      const milliseconds = await server.startAgain();
      const found = await stored(server);
      console.log(`# round ${round}: ${answered} answered, ${found} stored, ready after ${Math.round(milliseconds)} ms`);
      assert.ok(found >= answered, `${answered} were answered with 204, ${found} are stored`);
      // What was committed, and its answer never left: at most one for each poster.
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
    assert.equal(await server.stop(), 0);
    server = null;
  });
});

describe('kill -9 without waiting for the disk', { timeout: 120_000 }, () => {
  let application, server;

  before(async () => {
    application = await startDemoApplication();
    server = await Server.start(application.url, `[collector]\n${LIMITS}`);
  });
  after(async () => {
    await server?.stop();
    await application?.stop();
  });

  test('what anybody has seen in the API is still there', async () => {
    const posters = new Posters(server, await reportFor(server));
    let seen = 0;
    for (const end = performance.now() + 2000; performance.now() < end;) seen = await stored(server);
    await server.kill();
    await posters.stop();
    await server.startAgain();
    const found = await stored(server);
    console.log(`# ${seen} seen, ${posters.answered} answered, ${found} stored`);
    assert.ok(seen > 0 && found >= seen, `${seen} were seen, ${found} are stored`);
  });
});
