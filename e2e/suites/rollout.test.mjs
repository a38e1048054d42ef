/** From no policy to an enforced one: what a browser does at each stage. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { BROWSER_NAMES, launch } from '../lib/browsers.mjs';
import { having, isIntruder, results, visit } from '../lib/demo_page.mjs';
import { Server, startDemoApplication } from '../lib/server.mjs';
import { until } from '../lib/wait.mjs';

for (const name of BROWSER_NAMES) {
  describe(`rollout in ${name}`, { timeout: 240_000 }, () => {
    let application, server, browser, page, rows;

    before(async () => {
      application = await startDemoApplication();
      server = await Server.start(application.url, '[rollout]\nreporting = "report-uri"');
      browser = await launch(name);
      page = await browser.newPage();
    });
    after(async () => {
      await browser?.close();
      await server?.stop();
      await application?.stop();
    });

    test('nothing is blocked while the site is observed', async () => {
      rows = await visit(page, server.origin);
      assert.deepEqual(rows.filter((row) => row.result !== 'connected'), []);
      assert.deepEqual(rows.filter((row) => !row.isReported), [], 'every connection is reported');
      assert.equal((await application.arrivals()).length, rows.length, 'each has arrived');
    });

    test('a report is in the answer of the API within two seconds', async () => {
      const probe = `/probe-${name}`;
      await page.evaluate((url) => fetch(url).then((response) => response.text()), probe);
      const made = performance.now();
      await until('the report to be in the inventory', async () => (await server.inventory()).includes(server.origin + probe),
        { within: 2000, every: 25, describe: () => server.tail });
      console.log(`# ${name}: in the inventory after ${Math.round(performance.now() - made)} ms`);
    });

    test('every API is in the inventory', async () => {
      const missing = async () => {
        const inventory = new Set(await server.inventory());
        return rows.map((row) => row.connection).filter((connection) => !inventory.has(connection));
      };
      await until('the inventory to be complete', async () => (await missing()).length === 0, { describe: missing });
    });

    test('the suggested policy allows what the site needs, and goes on trial', async () => {
      const intruder = new URL(rows.find(isIntruder).connection).origin;
      const suggestion = await server.suggest('--without', intruder, '--apply');
      const sources = suggestion.policy.split(' ').slice(1);
      assert.ok(sources.includes("'self'"), suggestion.policy);
      assert.ok(sources.some((source) => source.startsWith('ws://live.localhost:')), suggestion.policy);
      assert.ok(!suggestion.policy.includes('intruder'), suggestion.policy);
      assert.ok(suggestion.left_out.some(({ blocked, reason }) => blocked === intruder && reason === 'asked'));
    });

    test('the trial blocks nothing, and reports what it would block', async () => {
      await application.forget();
      rows = await visit(page, server.origin);
      assert.deepEqual(rows.filter((row) => row.result !== 'connected'), []);
      const blocked = async () => (await server.get('groups?class=genuine&limit=1000')).items
        .filter((group) => group.role === 'trial').map((group) => group.blocked);
      await until('a genuine violation of the trial', async () => (await blocked()).some((host) => host.includes('intruder')),
        { describe: () => server.get('groups') });
      assert.deepEqual((await blocked()).filter((host) => !host.includes('intruder')), [], 'only the intruder violates it');
    });

    test('the enforced policy blocks the intruder and nothing else', async () => {
      await server.rollout('advance', '--share', '100%', '--why', 'the trial went well');
      await application.forget();
      rows = await visit(page, server.origin);
      const intruders = rows.filter(isIntruder);
      assert.equal(intruders.length, 6);
      assert.deepEqual(having('blocked', rows), intruders.map(({ how, connection }) => `${how} ${connection}`));
      assert.deepEqual(rows.filter((row) => !isIntruder(row) && row.result !== 'connected'), []);
      const arrived = await application.arrivals();
      assert.deepEqual(arrived.filter((line) => line.includes('intruder')), [], 'nothing has reached it');
      assert.equal(arrived.length, rows.length - intruders.length);
      assert.match(await server.rollout('status'), /enforce 100%/);
    });

    test('a step back unblocks it again', async () => {
      await server.rollout('back', '--why', 'a test');
      await page.reload({ waitUntil: 'load' });
      assert.deepEqual(having('blocked', await results(page)), []);
    });
  });
}
