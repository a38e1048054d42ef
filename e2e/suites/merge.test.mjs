/** An application that has a policy already: what becomes of it, as browsers see it. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startApplication, startOtherHost } from '../lib/application.mjs';
import { BROWSER_NAMES, launch } from '../lib/browsers.mjs';
import { Server } from '../lib/server.mjs';
import { until } from '../lib/wait.mjs';

const OWN = "default-src 'self'; report-uri /own-reports";
const IN_META = "connect-src 'self'";

/** What a page can reach: itself, the host that our policy allows, one that nobody allows, an image of the former. */
const EXPECTED = {
  keep: { self: 'reached', api: 'blocked', other: 'blocked', image: 'blocked' },
  extend: { self: 'reached', api: 'reached', other: 'blocked', image: 'blocked' },
  replace: { self: 'reached', api: 'reached', other: 'blocked', image: 'reached' },
};

for (const name of BROWSER_NAMES) {
  describe(`merging in ${name}`, { timeout: 240_000 }, () => {
    let application, host, server, browser, page, port;

    before(async () => {
      application = await startApplication({ policy: OWN, inMeta: IN_META });
      host = await startOtherHost();
      const sites = Object.keys(EXPECTED).map((merge) => `[[site]]\nhost = "${merge}.localhost"\nmerge = "${merge}"\n`
        + `policy = "connect-src 'self' http://api.localhost:${host.port}"\nstage = "enforce"\n`);
      server = await Server.start(application.url, `[rollout]\nreporting = "report-uri"\ninventory-share = "0%"\n${sites.join('')}`);
      ({ port } = new URL(server.origin));
      browser = await launch(name);
      page = await browser.newPage();
    });
    after(async () => {
      await browser?.close();
      await server?.stop();
      await host?.stop();
      await application?.stop();
    });

    const reach = () => page.evaluate(async (port) => {
      const fetched = (url) => fetch(url).then(() => 'reached', () => 'blocked');
      const image = new Promise((resolve) => {
        const image = new Image();
        image.onload = () => resolve('reached');
        image.onerror = () => resolve('blocked');
        image.src = `http://api.localhost:${port}/image`;
      });
      return {
        self: await fetched('/data'), api: await fetched(`http://api.localhost:${port}/data`),
        other: await fetched(`http://other.localhost:${port}/data`), image: await image,
      };
    }, host.port);

    for (const [merge, expected] of Object.entries(EXPECTED)) {
      test(`${merge}: the page reaches what the policies together allow`, async () => {
        await page.goto(`http://${merge}.localhost:${port}/`, { waitUntil: 'load' });
        assert.deepEqual(await reach(), expected);
      });

      test(`${merge}: what is blocked is reported, and the report is genuine`, async () => {
        const found = async () => (await server.get(`groups?site=${merge}.localhost&limit=1000`)).items;
        const isOther = (group) => group.blocked === `http://other.localhost:${host.port}`;
        await until('the report', async () => (await found()).some(isOther), { describe: found });
        assert.deepEqual((await found()).filter((group) => group.class !== 'genuine').map(({ blocked, reason }) => `${blocked}: ${reason}`), []);
      });
    }

    test('what the application\'s own policy blocks does not speak against ours', async () => {
      const status = async () => (await server.get('rollout')).find((status) => status.site === 'extend.localhost');
      const blocked = async () => (await server.get('groups?site=extend.localhost&limit=1000')).items.map((group) => group.directive);
      await until('the report of the image', async () => (await blocked()).includes('img-src'), { describe: blocked });
      assert.equal((await status()).health.genuine, 1, 'one connection was blocked');
    });

    test('a policy in <meta> holds whatever we send, and is told', async () => {
      await page.goto(`http://replace.localhost:${port}/meta`, { waitUntil: 'load' });
      assert.deepEqual(await reach(), { self: 'reached', api: 'blocked', other: 'blocked', image: 'reached' });
      const { meta_policies: found } = await server.get('status');
      assert.deepEqual(found, [{ host: `replace.localhost:${port}`, path: '/meta', policy: IN_META }]);
      assert.match(server.log, /a page has a policy in `<meta>`, which no header can loosen/);
    });
  });
}
