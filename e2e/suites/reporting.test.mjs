/** Every way of reporting that can be configured brings the reports, in every browser that has it. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { BROWSER_NAMES, launch } from '../lib/browsers.mjs';
import { visit } from '../lib/demo_page.mjs';
import { Server, startDemoApplication } from '../lib/server.mjs';
import { until } from '../lib/wait.mjs';

/** What browsers gather is sent within a minute; Chromium has a switch that makes it sooner. */
const A_MINUTE_AND_A_BIT = 75_000;

for (const name of BROWSER_NAMES) {
  for (const reporting of ['report-uri', 'report-to', 'both']) {
    describe(`${reporting} in ${name}`, { timeout: 150_000 }, () => {
      let application, server, browser, page;

      before(async () => {
        application = await startDemoApplication();
        server = await Server.start(application.url, `[rollout]\nreporting = "${reporting}"`);
        browser = await launch(name, { flags: ['--short-reporting-delay'] });
        page = await browser.newPage();
      });
      after(async () => {
        await browser?.close();
        await server?.stop();
        await application?.stop();
      });

      test('every connection of the page is in the inventory, and every report is genuine', async () => {
        const rows = await visit(page, server.origin);
        const missing = async () => {
          const inventory = new Set(await server.inventory());
          return rows.map((row) => row.connection).filter((connection) => !inventory.has(connection));
        };
        const started = performance.now();
        await until('the inventory to be complete', async () => (await missing()).length === 0,
          { within: A_MINUTE_AND_A_BIT, every: 200, describe: missing });
        console.log(`# ${name}, ${reporting}: complete after ${Math.round(performance.now() - started)} ms`);
        const { items } = await server.get('groups');
        assert.deepEqual(items.filter((group) => group.class !== 'genuine').map(({ blocked, reason }) => `${blocked}: ${reason}`), []);
      });
    });
  }
}
