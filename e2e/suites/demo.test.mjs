/** `connect-src serve --demo`, as a newcomer sees it. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { BROWSER_NAMES, launch } from '../lib/browsers.mjs';
import { having, isIntruder, results, visit } from '../lib/demo_page.mjs';
import { Process } from '../lib/processes.mjs';
import { BINARY } from '../lib/server.mjs';
import { until } from '../lib/wait.mjs';

/** From the first line of the terminal to the browser that blocks. */
const A_MINUTE = 60_000;

for (const name of BROWSER_NAMES) {
  describe(`the demo in ${name}`, { timeout: 180_000 }, () => {
    let demo, browser, page, started;
    const shows = (what, pattern) => until(`the terminal to show ${what}`, () => demo.output.match(pattern), { describe: () => demo.tail });

    before(async () => {
      browser = await launch(name);
      page = await browser.newPage();
      started = performance.now();
      demo = new Process(BINARY, ['serve', '--demo'], { env: { ...process.env, NO_COLOR: '1' } });
    });
    after(async () => {
      await browser?.close();
      await demo?.stop();
    });

    test('it says what to open, and shows every connection with its verdict', async () => {
      const [, url] = await shows('what to open', /Open (http\S+) in a browser/);
      const rows = await visit(page, url);
      assert.deepEqual(rows.filter((row) => row.result !== 'connected' || !row.isReported), []);
      for (const { connection } of rows) {
        await until(`the terminal to show ${connection}`,
          () => demo.output.split('\n').some((line) => line.includes(`${connection} `) && /connected +genuine/.test(line)),
          { describe: () => demo.tail });
      }
    });

    test('it proposes a policy, and says how to enforce it', async () => {
      const [policy] = await shows('the policy', /connect-src 'self' http:\/\/api\.localhost:\d+ ws:\/\/live\.localhost:\d+/);
      assert.ok(!policy.includes('intruder'));
      await shows('the keys', /t put it on trial +e enforce it/);
      await shows('the command', /connect-src rollout advance --server http\S+ --token-file \S+/);
    });

    test('after the key t the page loads itself anew, and the intruder would be blocked', async () => {
      const loaded = page.waitForNavigation({ timeout: 20_000 });
      demo.child.stdin.write('t');
      await shows('the step', /observe → trial/);
      await loaded;
      assert.deepEqual(having('blocked', await results(page)), []);
      await shows('the violation', /would block +genuine +http:\/\/intruder\.localhost/);
    });

    test('one key later the browser enforces it', async () => {
      const loaded = page.waitForNavigation({ timeout: 20_000 });
      demo.child.stdin.write('e');
      await loaded;
      const rows = await results(page);
      assert.deepEqual(rows.filter((row) => (row.result === 'blocked') !== isIntruder(row)), []);
      await shows('the block', /blocked +genuine +http:\/\/intruder\.localhost/);
      const took = performance.now() - started;
      console.log(`# ${name}: from the start to enforced in ${Math.round(took)} ms`);
      assert.ok(took < A_MINUTE, `${took} ms`);
    });

    test('another terminal takes a step with the command that was shown', async () => {
      const commands = [...demo.output.matchAll(/connect-src (rollout back --server \S+ --token-file \S+)/g)];
      const back = new Process(BINARY, commands.at(-1)[1].split(' '));
      assert.equal(await back.ended, 0, back.tail);
      await shows('the step back', /enforce 100% → trial/);
    });

    test('q ends it, and nothing stays behind', async () => {
      const [, folder] = demo.output.match(/--token-file (\S+)\/token/);
      assert.equal(fs.statSync(`${folder}/token`).mode & 0o077, 0, 'the token is for its owner alone');
      demo.child.stdin.write('q');
      await until('the end', () => demo.hasEnded, { within: 20_000, describe: () => demo.tail });
      assert.equal(demo.status, 0, demo.tail);
      assert.ok(!fs.existsSync(folder));
    });
  });
}
