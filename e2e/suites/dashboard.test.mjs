/** The dashboard, as an operator uses it: from the link in the terminal to an enforced policy. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';
import { BROWSER_NAMES, launch } from '../lib/browsers.mjs';
import { arrived, follow, logIn, press, startDemo } from '../lib/dashboard.mjs';
import { having, isIntruder, results, visit } from '../lib/demo_page.mjs';
import { until } from '../lib/wait.mjs';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const CHECK = `/check?${new URLSearchParams({
  policy: "connect-src 'self' https://api.example.com", page: 'https://app.example.com/', url: 'wss://api.example.com/live',
})}`;
const PAGES = ['/', '/violations', '/violations?view=review', '/connections', '/policy', '/policy/preview', '/policy?revision=1', '/rollout', CHECK, '/history', '/rules/any-host-source'];

for (const name of BROWSER_NAMES) {
  describe(`the dashboard in ${name}`, { timeout: 300_000 }, () => {
    let demo, browser, page, visitor, started, violation;
    const noise = [];
    const open = async (path) => {
      const answer = await page.goto(demo.admin + path, { waitUntil: 'load', timeout: 20_000 });
      await arrived(page);
      return answer;
    };
    const text = () => page.evaluate(() => document.querySelector('main').innerText);
    const says = (what, pattern) => until(`the page to say ${what}`, async () => pattern.test(await text()), { describe: text });

    before(async () => {
      browser = await launch(name);
      started = performance.now();
      demo = await startDemo();
      page = await browser.newPage();
      await page.setViewport({ width: 1280, height: 900 });
      page.on('console', (message) => { if (['error', 'warn'].includes(message.type())) noise.push(`${page.url()}: ${message.text()}`); });
      page.on('pageerror', (error) => noise.push(`${page.url()}: ${error.message}`));
      visitor = await browser.newPage();
    });
    after(async () => {
      await browser?.close();
      await demo?.stop();
    });

    test('without a login, every page leads to it', async () => {
      for (const path of PAGES) {
        await open(path);
        assert.match(page.url(), /\/login\?to=/, path);
      }
      await clean('/login');
    });

    test('a wrong token is refused, and said so', async () => {
      await open('/login');
      await page.type('#token', 'csrc_wrong');
      await follow(page, () => page.keyboard.press('Enter'));
      assert.match(await page.$eval('[role=alert]', (alert) => alert.textContent), /no token of this server/);
      noise.length = 0; // The browser logs the 401 itself.
    });

    test('the link of the terminal logs in, once', async () => {
      await logIn(page, demo);
      const cookies = await page.evaluate(() => document.cookie);
      assert.ok(!cookies.includes('session'), 'no script can read the session');
    });

    test('what a browser reports appears within two seconds, without loading the page anew', async () => {
      await page.evaluate(() => { window.isTheSame = true; });
      await until('the connection for events', () => page.$eval('#live', (live) => live.dataset.state === 'on'));
      await visit(visitor, demo.url);
      const reported = performance.now();
      await says('what was seen', /reports? of connections to \d+ hosts?/);
      const took = Math.round(performance.now() - reported);
      console.log(`# ${name}: on the page after ${took} ms`);
      assert.ok(await page.evaluate(() => window.isTheSame), 'the page was not loaded anew');
    });

    test('the overview suggests to review what the draft would block, and each is explained', async () => {
      await says('that there is a draft', /There is a draft/);
      await says('what is not in it', /not in the draft: allow each, or keep it blocked/);
      await follow(page, () => page.click('.steps [data-state=now] a.primary'));
      assert.match(page.url(), /view=review/);
      const hosts = await page.$$eval('[data-row] h2', (titles) => titles.map((title) => title.textContent));
      assert.ok(hosts.length > 0 && hosts.every((host) => host.includes('intruder')), `${hosts}`);
      violation = await page.$eval('[data-row] h2 a', (link) => link.getAttribute('href'));
      await open(violation);
      assert.match(await text(), /No source of connect-src is for intruder\.localhost/);
      assert.match(await text(), /The smallest source that allows it in every browser/);
    });

    test('by keyboard: allow exactly this, undo, expected, take it back', async () => {
      await open(violation);
      await follow(page, () => press(page, 'a'));
      await says('that it was added', /The source was added to the draft/);
      await follow(page, () => press(page, 'u'));
      await open(violation);
      await follow(page, () => press(page, 'e'));
      await says('that it stays blocked', /It stays blocked, as expected/);
      await follow(page, () => press(page, 'u'));
      await open(violation);
      assert.ok(await page.$('[data-key=e]'), 'nothing is decided any more');
      await follow(page, () => press(page, 'n'));
      await says('that it is noise', /It is noise/);
      await follow(page, () => press(page, 'u'));
    });

    test('by keyboard: g and a letter go everywhere, / searches, j and k move, ? shows the keys', async () => {
      for (const [key, path] of [['c', '/connections'], ['p', '/policy'], ['r', '/rollout'], ['k', '/check'], ['h', '/history'], ['v', '/violations'], ['o', '/']]) {
        await page.keyboard.press('g');
        await follow(page, () => page.keyboard.press(key));
        assert.equal(new URL(page.url()).pathname, path);
      }
      await open('/connections');
      await page.keyboard.press('j');
      await page.keyboard.press('j');
      const row = () => page.evaluate(() => [...document.querySelectorAll('[data-row]')].findIndex((one) => one.contains(document.activeElement)));
      assert.equal(await row(), 1);
      await page.keyboard.press('k');
      assert.equal(await row(), 0);
      await follow(page, () => page.keyboard.press('Enter'));
      assert.match(page.url(), /\/connections\/\d+$/);
      await open('/connections');
      await page.keyboard.press('/');
      await page.keyboard.type('intruder');
      await follow(page, () => page.keyboard.press('Enter'));
      const shown = await page.$$eval('[data-row] th a', (links) => links.map((link) => link.textContent));
      assert.ok(shown.length > 0 && shown.every((url) => url.includes('intruder')), `${shown}`);
      await page.evaluate(() => document.activeElement.blur());
      await page.keyboard.press('?');
      assert.ok(await page.$('#keys[open]'));
      await page.keyboard.press('Escape');
      assert.equal(await page.$('#keys[open]'), null);
    });

    test('by keyboard: the first stop of every page is the way to its content', async () => {
      await open('/');
      await page.keyboard.press('Tab');
      assert.equal(await page.evaluate(() => document.activeElement.className), 'skip');
      await page.keyboard.press('Enter');
      assert.equal(await page.evaluate(() => document.activeElement.id), 'main');
    });

    test('the draft is previewed while it is typed', async () => {
      await open('/policy');
      await says('what it blocks', /Would be blocked[^]*intruder/);
      const kept = await page.$eval('#policy', (field) => field.value);
      await page.$eval('#policy', (field) => { field.focus(); field.value = ''; });
      await page.type('#policy', "connect-src 'none'");
      await until('the preview', async () => (await page.$eval('#preview', (part) => part.innerText)).includes('\n0\nAllowed')
        || /^0$/m.test(await page.$eval('#preview .tiles strong', (tile) => tile.textContent)), { describe: text });
      await page.$eval('#policy', (field) => { field.value = ''; });
      await page.type('#policy', 'img-src *');
      await until('the reason', async () => /expected `?connect-src/i.test(await page.$eval('#preview', (part) => part.textContent)), { describe: text });
      await page.$eval('#policy', (field, value) => { field.value = value; }, kept);
      await follow(page, () => page.click('form[action="/policy"] button.primary'));
      await says('that it is saved', /The draft is saved/);
    });

    test('two who edit the draft see each other, and nobody writes over the other unseen', async () => {
      await open('/policy');
      await until('the connection for events', () => page.$eval('#live', (live) => live.dataset.state === 'on'));
      const kept = await page.$eval('#policy', (field) => field.value);
      const other = await browser.newPage();
      await other.goto(`${demo.admin}/policy`, { waitUntil: 'load' });
      await other.$eval('#policy', (field, value) => { field.value = value; }, `${kept} https://other.example`);
      await follow(other, () => other.$eval('form[action="/policy"] button.primary', (button) => button.click()));
      await other.close();
      await page.bringToFront();
      await until('the notice', () => page.$eval('#draft-changed', (notice) => !notice.hidden && notice.innerText.includes('operator changed the draft')), { describe: text });
      await page.$eval('#policy', (field, value) => { field.value = value; }, `${kept} https://mine.example`);
      await follow(page, () => page.click('form[action="/policy"] button.primary'));
      await says('that it is not saved', /Not saved: the draft was changed meanwhile/);
      assert.match(await page.$eval('#policy', (field) => field.value), /mine\.example/);
      await clean('a clash of two drafts');
      await page.$eval('#policy', (field, value) => { field.value = value; }, kept);
      await follow(page, () => page.click('form[action="/policy"] button.primary'));
      await says('that it is saved', /The draft is saved/);
      noise.length = 0; // The browser logs the 409 itself.
    });

    test('clicking only what the page suggests leads to an enforced policy', async () => {
      await open('/');
      for (let clicks = 0; clicks < 20; clicks += 1) {
        const target = await page.$('.steps [data-state=now] a.primary, [data-row] button[formaction$=expected], form[action="/rollout/trial"] button.primary, form[action="/rollout/advance"] button.primary, .empty a.primary');
        if (!target) break;
        await follow(page, () => target.evaluate((one) => one.click()));
        if (/\/rollout\?.*done=trial/.test(page.url())) {
          await visit(visitor, demo.url);
          await open('/');
          await says('that the trial was seen', /had the policy on trial, and nothing that it would block is undecided/);
        }
        if (/done=advance/.test(page.url())) break;
      }
      await open('/');
      await says('that it is enforced', /The policy is enforced for everybody/);
      const rows = await visit(visitor, demo.url);
      assert.deepEqual(rows.filter((row) => (row.result === 'blocked') !== isIntruder(row)), []);
      const took = performance.now() - started;
      console.log(`# ${name}: from the start to enforced in ${Math.round(took / 1000)} s, the other tests included`);
    });

    test('each blocked connection says why', async () => {
      await open('/violations?effect=enforce');
      await until('the blocked connections', async () => {
        await page.reload({ waitUntil: 'load' });
        return (await page.$$('[data-row]')).length >= 2;
      }, { every: 500, describe: text });
      const links = await page.$$eval('[data-row] th a', (all) => all.map((link) => link.getAttribute('href')));
      for (const link of links) {
        await open(link);
        assert.match(await text(), /Blocked in Chromium, Firefox and WebKit|Blocked\s+in Chromium/);
        assert.match(await text(), /No source of connect-src is for intruder\.localhost/);
      }
    });

    test('a step back is one click, and the page connects again', async () => {
      const loaded = visitor.waitForNavigation({ timeout: 20_000 }).catch(() => {});
      await open('/rollout');
      await follow(page, () => page.click('form[action="/rollout/back"] button'));
      await says('that it was taken', /One step back was taken/);
      await loaded;
      assert.deepEqual(having('blocked', await results(visitor)), []);
    });

    test('every page is accessible, in light, in dark and at 360 pixels', async () => {
      for (const [scheme, width] of [['light', 1280], ['dark', 1280], ['light', 360]]) {
        await page.setViewport({ width, height: 800 });
        await setScheme(scheme);
        for (const path of [...PAGES, violation, '/connections/1', '/nothing']) {
          await open(path);
          await clean(`${path} ${scheme} ${width}`);
          const wide = await page.evaluate(() => document.documentElement.scrollWidth);
          assert.ok(wide <= width, `${path}: ${wide} px of ${width}`);
        }
      }
      noise.splice(0, noise.length, ...noise.filter((line) => !line.includes('/nothing')));
      await page.setViewport({ width: 1280, height: 900 });
    });

    test('the colours can be chosen, and stay', async () => {
      await setScheme('light');
      await open('/');
      const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      const light = await ground();
      // As the system is set lies between light and dark.
      for (let clicks = 0; clicks < 2 && await ground() === light; clicks += 1) {
        await follow(page, () => page.click('form[action="/theme"] button'));
      }
      const dark = await ground();
      assert.notEqual(dark, light);
      await open('/rollout');
      assert.equal(await ground(), dark);
    });

    test('nothing moves while a page loads, and nothing is logged', async () => {
      if (name === 'chromium') {
        await open('/');
        const shift = await page.evaluate(() => new Promise((resolve) => {
          let sum = 0;
          new PerformanceObserver((list) => { for (const entry of list.getEntries()) sum += entry.value; }).observe({ type: 'layout-shift', buffered: true });
          setTimeout(() => resolve(sum), 300);
        }));
        assert.ok(shift < 0.01, `${shift}`);
      }
      assert.deepEqual(noise, []);
    });

    test('logging out ends it', async () => {
      await open('/');
      await follow(page, () => page.click('form[action="/logout"] button'));
      await open('/');
      assert.match(page.url(), /\/login/);
    });

    /** Only the page's cookie decides in Firefox, which cannot be told another scheme. */
    async function setScheme(scheme) {
      if (name === 'chromium') {
        await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
        return;
      }
      await open('/');
      for (let turn = 0; turn < 3; turn += 1) {
        if (await page.evaluate(() => document.documentElement.dataset.theme) === scheme) return;
        await follow(page, () => page.click('form[action="/theme"] button'));
      }
    }

    /** axe has no complaint about the page. */
    async function clean(what) {
      const script = await import('node:fs').then((fs) => fs.readFileSync(AXE, 'utf8'));
      await page.evaluate(script);
      const found = await page.evaluate(() => axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
      const told = found.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.html} ${node.failureSummary ?? ''}`).join(' | ').slice(0, 600)}`);
      assert.deepEqual(told, [], what);
    }
  });
}
