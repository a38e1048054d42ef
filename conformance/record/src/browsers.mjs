/**
 * Starts each browser on a URL, with a fresh profile and without a driver: the pages chain themselves.
 *
 * Each browser resolves every name to a loopback address of its own, so that the server can tell whose connection it is
 * even when no request follows (preconnect).
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { chromiumArguments } from './browser_settings/chromium.mjs';
import { firefoxPreferences } from './browser_settings/firefox.mjs';
import { webkitArguments, webkitEnvironment } from './browser_settings/webkit.mjs';
import { startProcess, sleep } from './processes.mjs';
import { UserError } from './user_error.mjs';

/** The loopback address that a browser connects to, whatever the name. WebKit takes it from /etc/hosts. */
export const ADDRESS_OF = { chromium: '127.0.0.2', firefox: '127.0.0.3', webkit: '127.0.0.1' };

const MINIBROWSERS = ['4.1', '4.0'].map((api) => `/usr/lib/x86_64-linux-gnu/webkit2gtk-${api}/MiniBrowser`);

/** Where a browser's binary is looked for, the variable that overrides it, and the package that has it. */
export function binaryOf(browser) {
  const { env } = process;
  switch (browser) {
    case 'chromium': return { path: env.CHROMIUM ?? '/usr/bin/chromium', variable: 'CHROMIUM', aptPackage: 'chromium' };
    case 'firefox': return { path: env.FIREFOX ?? '/usr/bin/firefox-esr', variable: 'FIREFOX', aptPackage: 'firefox-esr' };
    default: return {
      path: env.MINIBROWSER ?? MINIBROWSERS.find((file) => fs.existsSync(file)),
      variable: 'MINIBROWSER', aptPackage: 'webkit2gtk-driver',
    };
  }
}

/** The version as the browser or its package tells it, or `unknown`. */
export function versionOf(browser) {
  const quiet = { stdio: ['ignore', 'pipe', 'ignore'] };
  try {
    if (browser !== 'webkit') return execFileSync(binaryOf(browser).path, ['--version'], quiet).toString().trim();
    return 'WebKitGTK ' + execFileSync('dpkg-query', ['-W', '-f=${Version}', 'libwebkit2gtk-4.1-0'], quiet).toString().trim();
  } catch {
    return 'unknown';
  }
}

/** Starts browsers, and the X display that WebKit needs, for one recording. */
export class Launcher {
  #workDir;
  #authority;
  #withHints;
  #count = 0;
  #display = null;
  #running = new Set();

  /**
   * @param {{workDir: string, authority: string, withHints: boolean}} options
   *   `withHints`: let the browsers make prefetches and preconnects that their settings otherwise forbid
   */
  constructor({ workDir, authority, withHints }) {
    this.#workDir = workDir;
    this.#authority = authority;
    this.#withHints = withHints;
  }

  /** @returns {Promise<{hasEnded: () => boolean, stop: () => Promise<void>}>} */
  async launch(browser, url) {
    const profile = path.join(this.#workDir, `profile-${browser}-${process.pid}-${++this.#count}`);
    fs.mkdirSync(profile, { recursive: true });
    const started = await this.#start(browser, url, profile);
    const handle = {
      hasEnded: started.hasEnded,
      stop: async () => {
        await started.stop();
        this.#running.delete(handle);
        fs.rmSync(profile, { recursive: true, force: true, maxRetries: 3 });
      },
    };
    this.#running.add(handle);
    return handle;
  }

  /** Ends every browser that still runs, and the display. */
  async stopAll() {
    await Promise.all([...this.#running].map((handle) => handle.stop()));
    await this.#display?.process.stop();
    this.#display = null;
  }

  async #start(browser, url, profile) {
    const env = cleanEnvironment(profile);
    const options = { env, log: this.#log(browser) };
    const { path: binary } = binaryOf(browser);
    switch (browser) {
      case 'chromium': return startProcess(binary, chromiumArguments(profile, url, ADDRESS_OF.chromium), options);
      case 'firefox':
        this.#prepareFirefoxProfile(profile);
        return startProcess(binary, ['--headless', '--no-remote', '--profile', profile, url], {
          ...options, env: { ...env, MOZ_CRASHREPORTER_DISABLE: '1', MOZ_DISABLE_AUTO_SAFE_MODE: '1' },
        });
      default:
        return startProcess(binary, webkitArguments(url, this.#withHints), {
          ...options, env: { ...env, ...webkitEnvironment(await this.#ensureDisplay()) },
        });
    }
  }

  #prepareFirefoxProfile(profile) {
    const preferences = firefoxPreferences(ADDRESS_OF.firefox, this.#withHints);
    const lines = Object.entries(preferences).map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`);
    fs.writeFileSync(path.join(profile, 'user.js'), lines.join(''));
    const database = 'sql:' + profile;
    execFileSync('certutil', ['-N', '-d', database, '--empty-password'], { stdio: 'ignore' });
    execFileSync('certutil', ['-A', '-d', database, '-n', 'recorder', '-t', 'C,,', '-i', this.#authority], { stdio: 'ignore' });
  }

  async #ensureDisplay() {
    for (let number = 91; number < 99 && !this.#display; number++) {
      if (fs.existsSync(`/tmp/.X${number}-lock`)) continue;
      const name = ':' + number;
      const xvfb = startProcess('Xvfb', [name, '-screen', '0', '800x600x24', '-nolisten', 'tcp'], {
        env: process.env, log: this.#log('xvfb'),
      });
      await sleep(700);
      if (!xvfb.hasEnded()) this.#display = { process: xvfb, name };
    }
    if (!this.#display) throw new UserError('no X display: Xvfb did not start on :91 to :98');
    return this.#display.name;
  }

  #log(name) {
    return path.join(this.#workDir, `${name}.log`);
  }
}

/** No proxy, and a home of its own. */
function cleanEnvironment(profile) {
  const env = {
    ...process.env, HOME: profile, XDG_CACHE_HOME: profile + '/cache', XDG_CONFIG_HOME: profile + '/config',
    XDG_DATA_HOME: profile + '/data', NO_PROXY: '*', no_proxy: '*',
  };
  for (const name of ['http_proxy', 'https_proxy', 'all_proxy']) {
    delete env[name];
    delete env[name.toUpperCase()];
  }
  return env;
}
