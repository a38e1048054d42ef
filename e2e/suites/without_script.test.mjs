/** The dashboard in a browser that runs no script: everything but liveness and keys works. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { BROWSER_NAMES, launch } from '../lib/browsers.mjs';
import { follow, startDemo } from '../lib/dashboard.mjs';
import { isIntruder, visit } from '../lib/demo_page.mjs';
import { until } from '../lib/wait.mjs';

for (const name of BROWSER_NAMES) {
  describe(`the dashboard without scripts in ${name}`, { timeout: 240_000 }, () => {
    let demo, operator, people, page, visitor;
    const open = (path) => page.goto(demo.admin + path, { waitUntil: 'load', timeout: 20_000 });
    const text = () => page.$eval('main', (main) => main.textContent);
    const click = (selector) => follow(page, () => page.click(selector));
    const choose = async (fields, button) => {
      for (const [selector, value] of Object.entries(fields)) await page.select(selector, value);
      await click(button);
    };
    const write = async (selector, value) => {
      await page.click(selector, { count: 3 });
      await page.keyboard.down('Control');
      await page.keyboard.press('a');
      await page.keyboard.up('Control');
      await page.keyboard.type(value);
    };
    /** Loads the page again until it says something: nothing does so by itself. */
    const says = (what, pattern) => until(`the page to say ${what}`, async () => {
      if (pattern.test(await text())) return true;
      await page.reload({ waitUntil: 'load' });
      return false;
    }, { every: 300, describe: text });

    before(async () => {
      operator = await launch(name, { scripts: false });
      people = await launch(name);
      demo = await startDemo();
      page = await operator.newPage();
      await page.setViewport({ width: 1280, height: 900 });
      visitor = await people.newPage();
      await visit(visitor, demo.url);
    });
    after(async () => {
      await operator?.close();
      await people?.close();
      await demo?.stop();
    });

    test('the link of the terminal logs in', async () => {
      await page.goto(demo.link, { waitUntil: 'load' });
      await page.waitForSelector('#next', { timeout: 15_000 });
      assert.ok(await page.$('#live[hidden]'), 'no script ran: nothing says that the page is live');
      await says('what was seen', /reports? of connections to \d+ hosts?/);
    });

    test('lists are filtered, sorted and paged', async () => {
      await open('/connections');
      const rows = () => page.$$eval('[data-row] th a', (links) => links.map((link) => link.textContent));
      const all = await rows();
      assert.ok(all.length > 3, `${all}`);
      await page.type('[name=q]', 'intruder');
      await click('.filters button');
      const found = await rows();
      assert.ok(found.length > 0 && found.length < all.length, `${found}`);
      assert.ok(found.every((url) => url.includes('intruder')), `${found}`);
      await open('/connections');
      await choose({ '[name=verdict]': 'draft-blocked' }, '.filters button');
      assert.ok((await rows()).every((url) => url.includes('intruder')));
      await open('/connections');
      await click('thead a[href*="sort=url"]');
      const sorted = await rows();
      assert.deepEqual(sorted, [...sorted].sort(), 'sorted by URL');
      await open('/violations');
      await choose({ '[name=class]': 'genuine' }, '.filters button');
      assert.ok((await rows()).length > 0);
    });

    test('exactly this is allowed, and taken back', async () => {
      await open('/violations?view=review');
      await click('[data-row] h2 a');
      const violation = new URL(page.url()).pathname;
      await click(`form[action="${violation}/allow"] button.primary`);
      assert.match(await text(), /The source was added to the draft/);
      await click('.flash button');
      await open('/policy');
      assert.doesNotMatch(await page.$eval('#policy', (field) => field.textContent), /intruder/);
    });

    test('a draft is written, previewed and saved, and a source taken out of it', async () => {
      await open('/policy');
      const before = await page.$eval('#policy', (field) => field.textContent);
      await write('#policy', "connect-src 'none'");
      await click('button[formaction="/policy/preview"]');
      assert.match(await text(), /0\s*Allowed/);
      await page.goBack({ waitUntil: 'load' });
      await write('#policy', `${before} https://unused.example`);
      await click('form[action="/policy"] button.primary');
      assert.match(await text(), /The draft is saved/);
      const way = '#preview[data-load] a.button';
      await until('the way to the preview', async () => (await page.$(way))?.isVisible());
      await click(way);
      assert.match(await text(), /unused\.example\s*allows nothing that was seen/);
      const rows = await page.$$eval('form[action="/policy/remove"] [name=source]', (fields) => fields.map((field) => field.getAttribute('value')));
      const place = rows.indexOf('https://unused.example');
      const removers = await page.$$('form[action="/policy/remove"] button');
      await follow(page, () => removers[place].click());
      assert.match(await text(), /The source was taken out of the draft/);
      assert.equal(await page.$eval('#policy', (field) => field.textContent), before);
    });

    test('what is to stay blocked is said, and the trial begins', async () => {
      await open('/violations?view=review');
      for (let left = 20; left > 0 && await page.$('[data-row]'); left -= 1) {
        await click('[data-row] button[formaction$=expected]');
      }
      assert.match(await text(), /Everything is decided/);
      await open('/rollout');
      await click('form[action="/rollout/trial"] button.primary');
      assert.match(await text(), /The policy is on trial/);
      await visit(visitor, demo.url);
      await open('/');
      await says('that it was seen on trial', /had the policy on trial, and nothing that it would block is undecided/);
    });

    test('it is enforced, and taken back', async () => {
      await click('.steps [data-state=now] a.primary');
      await click('form[action="/rollout/advance"] button.primary');
      assert.match(await text(), /Enforced\. Load the application anew/);
      const rows = await visit(visitor, demo.url);
      assert.deepEqual(rows.filter((row) => (row.result === 'blocked') !== isIntruder(row)), []);
      await open('/rollout');
      await click('form[action="/rollout/back"] button');
      assert.match(await text(), /One step back was taken/);
    });

    test('a policy is checked, the colours are chosen, and one logs out', async () => {
      await open('/check');
      await page.type('#policy', "connect-src 'self'");
      await page.type('#page', 'https://app.example/');
      await page.type('#url', 'wss://other.example/');
      await click('form.card button.primary');
      assert.match(await text(), /Blocked/);
      const scheme = () => page.$eval('html', (root) => root.getAttribute('data-theme'));
      const first = await scheme();
      await click('form[action="/theme"] button');
      assert.notEqual(await scheme(), first);
      await click('form[action="/logout"] button');
      await open('/');
      assert.match(page.url(), /\/login/);
    });
  });
}
