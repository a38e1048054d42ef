/** From no policy to an enforced one for an application that nobody here wrote, and it still works. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { BROWSER_NAMES, launch } from '../lib/browsers.mjs';
import { deployAndRun, openEditor, rememberSockets, startNodeRed } from '../lib/node_red.mjs';
import { Server } from '../lib/server.mjs';
import { sleep, until } from '../lib/wait.mjs';

for (const name of BROWSER_NAMES) {
  describe(`Node-RED in ${name}`, { timeout: 300_000 }, () => {
    let application, server, browser, page, suggestion;

    before(async () => {
      application = await startNodeRed();
      server = await Server.start(application.url, '[rollout]\nreporting = "report-uri"\ninventory-share = "0%"');
      browser = await launch(name);
      page = await newPage();
    });
    after(async () => {
      await browser?.close();
      await server?.stop();
      await application?.stop();
    });

    /** A page that remembers what it was kept from. */
    async function newPage() {
      const page = await browser.newPage();
      await page.evaluateOnNewDocument(rememberSockets);
      await page.evaluateOnNewDocument(() => {
        window.e2eBlocked = [];
        document.addEventListener('securitypolicyviolation', ({ disposition, blockedURI }) => {
          if (disposition === 'enforce') window.e2eBlocked.push(blockedURI);
        });
      });
      return page;
    }

    test('it works while it is observed', async () => {
      await openEditor(page, server.origin);
      await deployAndRun(page, `observed-${name}`);
      const socket = server.origin.replace('http', 'ws') + '/comms';
      await until('its WebSocket to be in the inventory', async () => (await server.inventory()).includes(socket),
        { describe: () => server.inventory() });
    });

    test('the suggested policy is a small one', async () => {
      suggestion = await server.suggest('--apply');
      console.log(`# ${name}: ${suggestion.policy}`);
      assert.match(suggestion.policy, /^connect-src 'self'( ws:\/\/127\.0\.0\.1:\d+)?( (blob|data):)*$/);
      assert.deepEqual(suggestion.left_out, []);
    });

    test('the trial finds nothing that it would block', async () => {
      await openEditor(page, server.origin);
      await deployAndRun(page, `trial-${name}`);
      await sleep(1000);
      const { items } = await server.get('groups?class=genuine');
      assert.deepEqual(items.filter((group) => group.role === 'trial').map((group) => group.blocked), []);
    });

    test('it still works when the policy is enforced', async () => {
      await server.rollout('advance', '--share', '100%');
      await page.close();
      page = await newPage();
      const response = await page.goto(server.origin);
      assert.ok(response.headers()['content-security-policy'].startsWith(suggestion.policy));
      await openEditor(page, server.origin);
      await deployAndRun(page, `enforced-${name}`);
    });

    test('its WebSocket stays open, and nothing was blocked', async () => {
      // Node-RED sends a heartbeat every 15 seconds when nothing else is sent.
      await sleep(17_000);
      const [comms] = await page.evaluate(() => window.e2eSockets.map(({ url, readyState, e2eHeard }) => ({ url, readyState, e2eHeard })));
      assert.equal(comms.readyState, 1, 'the first socket is still the one');
      assert.ok(comms.e2eHeard > 0);
      assert.deepEqual(await page.evaluate(() => window.e2eBlocked), []);
      const { items } = await server.get('groups?class=genuine');
      assert.deepEqual(items.filter((group) => group.role === 'enforce'), []);
    });

    test('what does not belong to it is blocked', async () => {
      const outcome = await page.evaluate(() => fetch('http://elsewhere.localhost:9/').then(() => 'connected', () => 'failed'));
      assert.equal(outcome, 'failed');
      await until('the browser to say so', () => page.evaluate(() => window.e2eBlocked.some((url) => url.includes('elsewhere'))));
      await until('the report', async () => (await server.get('groups?class=genuine')).items
        .some((group) => group.role === 'enforce' && group.blocked === 'http://elsewhere.localhost:9'));
    });
  });
}
