/** The demo, and its dashboard. */
import { Process } from './processes.mjs';
import { BINARY } from './server.mjs';
import { until } from './wait.mjs';

/** `connect-src serve --demo`, on free ports. */
export async function startDemo() {
  const process_ = new Process(BINARY, ['serve', '--demo', '--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0'], { env: { ...process.env, NO_COLOR: '1' } });
  const shown = await until('the demo to say what to open',
    () => process_.output.match(/Open (http\S+) in a browser[^]*?(http\S+)\/enter\/(\S+)/), { describe: () => process_.tail, within: 30_000 });
  return {
    url: shown[1], admin: shown[2], link: `${shown[2]}/enter/${shown[3]}`,
    get output() { return process_.output; },
    get tail() { return process_.tail; },
    stop: () => process_.stop(),
  };
}

/** Follows the link that the terminal shows, and waits for the overview. */
export async function logIn(page, demo) {
  await page.goto(demo.link, { waitUntil: 'load' });
  await page.waitForSelector('#next', { timeout: 15_000 });
}

/** Waits for the part of a page that the script asks for when the page is there. */
export async function arrived(page) {
  await page.waitForFunction(() => !document.querySelector('[data-load]'), { timeout: 15_000 });
}

/** Does something that leads to another page, and waits for that. */
export async function follow(page, act) {
  await page.bringToFront();
  await Promise.all([page.waitForNavigation({ waitUntil: 'load', timeout: 20_000 }), act()]);
}

/** Presses a key outside of every field. */
export async function press(page, key) {
  await page.bringToFront();
  await page.evaluate(() => document.activeElement?.blur());
  await page.keyboard.press(key);
}
