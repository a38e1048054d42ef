/**
 * Pictures of every page of the dashboard, over the demo: in light, in dark, and on a narrow screen.
 *
 *   node e2e/screenshots.mjs [FOLDER]   # docs/images without one
 */
import fs from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { launch } from './lib/browsers.mjs';
import { arrived, logIn, startDemo } from './lib/dashboard.mjs';
import { visit } from './lib/demo_page.mjs';
import { until } from './lib/wait.mjs';

const folder = path.resolve(process.argv[2] ?? fileURLToPath(new URL('../docs/images', import.meta.url)));
const CHECK = `/check?${new URLSearchParams({
  policy: "connect-src 'self' https://api.example.com", page: 'https://app.example.com/', url: 'wss://api.example.com/live',
})}`;

/** Each page by its name, with what leads there. */
const PAGES = [
  ['overview', '/'], ['review', '/violations?view=review'], ['violations', '/violations'], ['violation', null],
  ['connections', '/connections'], ['policy', '/policy'], ['rollout', '/rollout'], ['check', CHECK], ['history', '/history'], ['rule', '/rules/any-host-source'],
];

const VIEWS = [
  ['light', { width: 1280, height: 800 }], ['dark', { width: 1280, height: 800 }], ['narrow', { width: 360, height: 740 }],
];

await fs.mkdir(folder, { recursive: true });
const demo = await startDemo();
const browser = await launch('chromium');
try {
  const page = await browser.newPage();
  await visit(page, demo.url);
  await logIn(page, demo);
  await until('the draft', async () => {
    await page.goto(`${demo.admin}/`, { waitUntil: 'load' });
    return page.evaluate(() => document.body.textContent.includes('There is a draft'));
  }, { every: 500 });
  await page.goto(`${demo.admin}/rollout`, { waitUntil: 'load' });
  const start = await page.$('form[action="/rollout/trial"] button');
  await Promise.all([page.waitForNavigation(), start.evaluate((button) => button.click())]);
  const visitor = await browser.newPage();
  await visit(visitor, demo.url);
  await visitor.close();
  const violation = await until('a violation of the trial', async () => {
    await page.goto(`${demo.admin}/violations?sort=last-seen`, { waitUntil: 'load' });
    return page.$$eval('tr[data-row]', (rows) => rows
      .find((row) => row.textContent.includes('intruder') && row.textContent.includes('Would be'))?.querySelector('a').getAttribute('href'));
  }, { every: 500 });
  for (const [view, viewport] of VIEWS) {
    await page.setViewport({ ...viewport, deviceScaleFactor: 1 });
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: view === 'dark' ? 'dark' : 'light' }]);
    for (const [name, address] of PAGES) {
      await page.goto(demo.admin + (address ?? violation), { waitUntil: 'load' });
      await arrived(page);
      // Chromium measures the page by the frame that it drew last.
      await page.evaluate(() => new Promise((drawn) => { requestAnimationFrame(() => requestAnimationFrame(drawn)); }));
      await page.screenshot({ path: path.join(folder, `${name}-${view}.webp`), type: 'webp', quality: 80, fullPage: true });
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      if (width > viewport.width) console.log(`${name} ${view}: ${width} px wide`);
    }
  }
} finally {
  await browser.close();
  await demo.stop();
}
