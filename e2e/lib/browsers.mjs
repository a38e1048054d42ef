/** Starts Chromium over the DevTools protocol, Firefox over WebDriver BiDi: the machine's own, with an empty profile. */
import { execFile } from 'node:child_process';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import puppeteer from 'puppeteer-core';

const certutil = (...words) => promisify(execFile)('certutil', words);

const SILENT_CHROMIUM = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--disable-default-apps', '--disable-extensions', '--disable-breakpad',
  '--disable-dev-shm-usage', '--no-proxy-server', '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows', '--disable-renderer-backgrounding',
  '--disable-features=HttpsUpgrades,OptimizationHints,MediaRouter,Translate',
];

const SILENT_FIREFOX = {
  'app.normandy.enabled': false, 'app.update.enabled': false, 'browser.region.network.url': '',
  'browser.safebrowsing.malware.enabled': false, 'browser.safebrowsing.phishing.enabled': false,
  'browser.aboutwelcome.enabled': false, 'datareporting.policy.dataSubmissionEnabled': false,
  'network.captive-portal-service.enabled': false, 'network.connectivity-service.enabled': false,
  'services.settings.server': 'http://127.0.0.1:9/idle', 'toolkit.telemetry.enabled': false,
  'termsofuse.bypassNotification': true, 'network.proxy.type': 0, 'network.trr.mode': 5,
};

/** Firefox has pings switched off; with them every API is tried in both browsers. */
const EVERY_API = { 'browser.send_pings': true, 'browser.send_pings.require_same_host': false };

const BROWSERS = {
  chromium: (profile) => ({
    browser: 'chrome', executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: SILENT_CHROMIUM,
    userDataDir: profile,
  }),
  firefox: (profile) => ({
    browser: 'firefox', protocol: 'webDriverBiDi', executablePath: process.env.FIREFOX ?? '/usr/bin/firefox-esr',
    extraPrefsFirefox: { ...SILENT_FIREFOX, ...EVERY_API }, userDataDir: profile,
  }),
};

/** The browsers to try: both, or those that `$BROWSERS` names. */
export const BROWSER_NAMES = (process.env.BROWSERS ?? 'chromium,firefox').split(',');

/**
 * @param {'chromium' | 'firefox'} name
 * @param {{flags?: string[], authority?: string, scripts?: boolean}} [options]  `flags`: more of them, for Chromium;
 *   `authority`: the certificate of one more authority to trust; `scripts`: whether pages may run any
 * @returns {Promise<{newPage: () => Promise<import('puppeteer-core').Page>, version: string, close: () => Promise<void>}>}
 */
export async function launch(name, { flags = [], authority, scripts = true } = {}) {
  const home = await fs.mkdtemp(path.join(os.tmpdir(), `connect-src-e2e-${name}-`));
  const profile = path.join(home, 'profile');
  await fs.mkdir(profile);
  if (authority) await trust(authority, name === 'firefox' ? profile : path.join(home, '.pki/nssdb'));
  const settings = BROWSERS[name](profile);
  if (name === 'chromium') settings.args = [...settings.args, ...flags];
  const browser = await puppeteer.launch({
    ...settings, headless: true, timeout: 60_000, protocolTimeout: 60_000,
    env: { ...withoutProxies(process.env), HOME: home, MOZ_CRASHREPORTER_DISABLE: '1' },
  });
  return {
    version: await browser.version(),
    async newPage() {
      const page = await browser.newPage();
      if (!scripts) await withoutScripts(name, page);
      return page;
    },
    async close() {
      const ended = browser.close();
      const late = new Promise((resolve) => setTimeout(resolve, 10_000).unref());
      await Promise.race([ended, late]).catch(() => {});
      browser.process()?.kill('SIGKILL');
      await fs.rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}

/**
 * Has a page run no script. Firefox 153 with `javascript.enabled` off follows a link, but WebDriver BiDi loses the page; so
 * there our script is kept from loading instead. The dashboard has no other: its policy refuses what is inline.
 */
async function withoutScripts(name, page) {
  if (name === 'chromium') {
    await page.setJavaScriptEnabled(false);
    return;
  }
  await page.setRequestInterception(true);
  page.on('request', (request) => (/\.js$/.test(new URL(request.url()).pathname) ? request.abort() : request.continue()));
}

/** Adds an authority to a database of certificates, such as a profile of Firefox has. */
async function trust(authority, folder) {
  await fs.mkdir(folder, { recursive: true });
  await certutil('-N', '-d', `sql:${folder}`, '--empty-password');
  await certutil('-A', '-d', `sql:${folder}`, '-n', 'connect-src e2e', '-t', 'C,,', '-i', authority);
}

function withoutProxies(env) {
  const isProxy = (name) => /^(https?|all|no)_proxy$/i.test(name);
  return Object.fromEntries(Object.entries(env).filter(([name]) => !isProxy(name)));
}
