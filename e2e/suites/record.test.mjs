/** A recording is complete: whatever connects, by whatever API, and whatever the page's policy says. */
import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { BROWSER_NAMES, launch } from '../lib/browsers.mjs';
import { leavingOutElsewhere, startConnectingSite } from '../lib/connecting_site.mjs';
import { startDisplay } from '../lib/display.mjs';
import { record, run, temporaryFile, told } from '../lib/recording.mjs';
import { freePorts, temporaryFolder } from '../lib/server.mjs';
import { sleep, until } from '../lib/wait.mjs';

/** What the site connects to, all of it. The policy of a page does not allow what is said to be blocked. */
const EVERYTHING = [
  'dedicated worker: eventsource site/api/events-of-worker',
  'dedicated worker: fetch elsewhere/blocked-in-worker (blocked)',
  'dedicated worker: fetch frame/api/of-frame-worker',
  'dedicated worker: fetch site/api/of-blob-worker',
  'dedicated worker: fetch site/api/of-module-worker',
  'dedicated worker: fetch site/api/of-nested-worker',
  'dedicated worker: fetch site/api/of-worker',
  'dedicated worker: websocket ws site/socket-of-worker',
  'dedicated worker: xhr site/api/xhr-of-worker',
  'frame: fetch api/of-frame',
  'page: beacon elsewhere/blocked-beacon (blocked)',
  'page: beacon site/api/beacon',
  'page: eventsource elsewhere/blocked-events (blocked)',
  'page: eventsource site/api/events',
  'page: eventsource site/redirect > site/api/events-landed',
  'page: fetch api/fetch',
  'page: fetch elsewhere/blocked-fetch (blocked)',
  'page: fetch elsewhere/blocked-keepalive (blocked)',
  'page: fetch site/api/fetch',
  'page: fetch site/api/keepalive',
  'page: fetch site/module.wasm',
  'page: fetch site/redirect > api/landed',
  'page: fetch site/redirect > elsewhere/blocked-landing (blocked)',
  'page: fetchlater elsewhere/blocked-later (blocked)',
  'page: fetchlater site/api/later',
  'page: json-module elsewhere/blocked.json (blocked)',
  'page: json-module site/data.json',
  'page: ping api/ping',
  'page: ping elsewhere/blocked-ping (blocked)',
  'page: websocket ws elsewhere/blocked-socket (blocked)',
  'page: websocket ws site/socket',
  'page: xhr elsewhere/blocked-xhr (blocked)',
  'page: xhr site/api/xhr',
  'service worker: fetch site/api/of-install',
  'service worker: fetch site/api/of-service-worker',
  'shared worker: fetch site/api/of-shared-worker',
];

/** Chromium stops these before they are requests. It does not say which API asked, or says only that it was a kind of fetch. */
const RENAMED = {
  'page: beacon elsewhere/blocked-beacon (blocked)': 'page: ? elsewhere/blocked-beacon (blocked)',
  'page: fetchlater elsewhere/blocked-later (blocked)': 'page: fetch elsewhere/blocked-later (blocked)',
};

const CLICK_PING = `
const link = await new Promise((resolve) => {
  const look = () => document.getElementById('ping') ? resolve(document.getElementById('ping')) : setTimeout(look, 20);
  look();
});
link.click();
`;

describe('record', { timeout: 600_000 }, () => {
  let site, script;

  before(async () => {
    site = await startConnectingSite();
    script = await temporaryFile('click.js', CLICK_PING);
  });
  after(async () => {
    await site?.stop();
    await script?.remove();
  });

  const page = (path) => new URL(path, site.hosts.site).href;
  const list = (lines) => [...new Set(lines.map((line) => told(line, site.hosts)))].sort();

  test('whatever a page, its frames and its workers connect to is in the recording', async () => {
    const recording = await record([page('/'), '--script', script.file]);
    try {
      assert.equal(recording.status, 0, recording.output);
      assert.deepEqual(list(recording.lines), EVERYTHING, recording.output);
      assert.match(recording.output, /\d+ connections of 1 page/);
      assert.match(recording.output, /scripts {2}\d+ scripts, \d+ % of their \d+ kB ran/);
      assert.match(recording.output, /blocked {2}11 connections/);
    } finally {
      await recording.remove();
    }
  });

  test('it says where in the code a connection began, and in which document', async () => {
    const recording = await record([page('/')]);
    try {
      const { lines } = recording;
      const find = (path) => lines.find(({ url }) => new URL(url).pathname === path);
      const { initiator, stack } = find('/api/fetch');
      assert.deepEqual({ ...initiator, url: new URL(initiator.url).pathname }, { url: '/main.js', line: 5, column: 31, function: 'ask' });
      assert.deepEqual(stack.map(({ function: name }) => name ?? ''), ['byFetch', '']);
      const inFrame = find('/of-frame');
      assert.equal(inFrame.page, `${site.hosts.frame}/frame`);
      assert.equal(inFrame.frame_of, page('/'));
      assert.equal(find('/api/of-shared-worker').page, page('/'));
      assert.equal(find('/api/xhr').status, 200);
      assert.match(find('/api/xhr').time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    } finally {
      await recording.remove();
    }
  });

  test('with the policies kept, what they block is in the recording too, but not what would have followed', async () => {
    site.arrivals.length = 0;
    const recording = await record([page('/'), '--script', script.file, '--keep-csp']);
    try {
      const expected = EVERYTHING.map((line) => RENAMED[line] ?? line).sort();
      assert.deepEqual(list(recording.lines), expected, recording.output);
      assert.deepEqual(site.arrivals.filter((one) => one.startsWith('elsewhere')), []);
    } finally {
      await recording.remove();
    }
  });

  test('links of the site are followed, but not what logs out, downloads or leads elsewhere', async () => {
    site.arrivals.length = 0;
    const recording = await record([page('/'), '--crawl', '3']);
    try {
      assert.equal(recording.status, 0, recording.output);
      const paths = new Set(recording.lines.map((line) => new URL(line.page).pathname));
      assert.deepEqual([...paths].filter((path) => path !== '/frame').sort(), ['/', '/second', '/third']);
      assert.ok(!site.arrivals.some((one) => /logout|other-site/.test(one)), site.arrivals.join('\n'));
      assert.match(recording.output, /links {2}not followed: 1 not of the web, 1 to other sites, 1 may log out/);
      assert.match(recording.output, /file\.zip is a download, which was refused/);
      const told_ = list(recording.lines);
      assert.ok(told_.includes('page: beacon site/api/farewell'), 'what a page sends when it is left');
      assert.ok(told_.includes('service worker: fetch site/api/of-second'), 'what passes through the service worker');
    } finally {
      await recording.remove();
    }
  });

  test('no more pages are visited than were asked for', async () => {
    const recording = await record([page('/'), '--crawl', '3', '--max-pages', '2']);
    try {
      assert.match(recording.output, /connections of 2 pages/);
      assert.match(recording.output, /not visited; --max-pages says how many are/);
    } finally {
      await recording.remove();
    }
  });

  test('a HAR has the same connections, and secrets are left out', async () => {
    const recording = await record([page('/'), '--format', 'har', '--all']);
    try {
      const { log } = JSON.parse(recording.text);
      assert.equal(log.version, '1.2');
      assert.ok(log.entries.some((entry) => entry._resourceType === 'image'));
      assert.ok(!/set-cookie|"cookie"|authorization/i.test(recording.text));
      const checked = await run(['check', '--from', recording.file, "connect-src 'none'", '--browser', 'chromium', '--format', 'json']);
      assert.equal(checked.status, 1, checked.output);
    } finally {
      await recording.remove();
    }
  });

  test('a page that cannot be reached is noted, and the rest goes on', async () => {
    const [port] = await freePorts(1);
    const gone = `http://127.0.0.1:${port}/`;
    const recording = await record([gone, page('/third')]);
    try {
      assert.equal(recording.status, 0, recording.output);
      assert.ok(recording.output.includes(`${gone} cannot be loaded: net::ERR_CONNECTION_REFUSED`), recording.output);
      assert.deepEqual(list(recording.lines), ['page: fetch site/api/of-third']);
    } finally {
      await recording.remove();
    }
    const nothing = await record([gone]);
    assert.equal(nothing.status, 2, nothing.output);
    await nothing.remove();
  });

  test('what a script does wrong is said, with its line', async () => {
    const wrong = await temporaryFile('wrong.js', 'await 0;\nthrow new Error("no button");');
    const recording = await record([page('/third'), '--script', wrong.file]);
    try {
      assert.equal(recording.status, 0);
      assert.match(recording.output, /the script failed: Error: no button, in line 2/);
    } finally {
      await recording.remove();
      await wrong.remove();
    }
  });

  test('with --login, it waits in a window until the user says so, and what happens until then is not recorded', async () => {
    const display = await startDisplay();
    const profile = await temporaryFolder('profile');
    site.arrivals.length = 0;
    const recording = await record([page('/third'), '--login', '--profile', profile.path], {
      env: { DISPLAY: display.name },
      meanwhile: async (process_) => {
        await until('the page to connect', () => site.arrivals.includes('site /api/of-third'), { within: 60_000, describe: () => process_.tail });
        site.arrivals.length = 0;
        process_.child.stdin.write('\n');
      },
    });
    try {
      assert.equal(recording.status, 0, recording.output);
      assert.match(recording.output, /log in in the window that has opened, then press Enter here/);
      assert.deepEqual(list(recording.lines), ['page: fetch site/api/of-third']);
      assert.ok(site.arrivals.includes('site /api/of-third'), 'the page was visited once more');
      assert.ok((await fs.readdir(profile.path)).includes('Default'), 'the profile is kept');
    } finally {
      await recording.remove();
      await profile.remove();
      await display.stop();
    }
  });

  test('without a display, --login says what to do', async () => {
    const recording = await record([page('/third'), '--login'], { env: { DISPLAY: '', WAYLAND_DISPLAY: '' } });
    assert.equal(recording.status, 2, recording.output);
    assert.match(recording.output, /there is no display for it.*--profile FOLDER/);
    await recording.remove();
  });

  test('stopped by the user, it saves what it has', async () => {
    const recording = await record([page('/third'), '--wait', '60', '--timeout', '120'], {
      meanwhile: async (process_) => {
        site.arrivals.length = 0;
        await until('the page to connect', () => site.arrivals.includes('site /api/of-third'), { within: 60_000, describe: () => process_.tail });
        await sleep(500);
        process_.child.kill('SIGINT');
      },
    });
    try {
      assert.match(recording.output, /stopped before the end/);
      assert.deepEqual(list(recording.lines), ['page: fetch site/api/of-third']);
    } finally {
      await recording.remove();
    }
  });
});

/** Whether the binary makes policies from recordings. */
const makesPolicies = (await run(['generate', '--help'])).output.includes('--from');

describe('a policy made from a recording', { timeout: 600_000, skip: !makesPolicies && 'this binary makes none' }, () => {
  let site, policy;

  before(async () => {
    site = await startConnectingSite();
    const script = await temporaryFile('click.js', CLICK_PING);
    const recording = await record([`${site.hosts.site}/`, '--script', script.file]);
    // Loopback is for development only; a policy for production would leave it out.
    const { output } = await run(['generate', '--from', recording.file, '--env', 'development', '--format', 'json']);
    ({ policy } = JSON.parse(output));
    assert.match(policy, /^connect-src 'self' http:/);
    await recording.remove();
    await script.remove();
  });
  after(() => site?.stop());

  for (const name of BROWSER_NAMES) {
    test(`lets everything through in ${name}`, async () => {
      site.policy = () => policy;
      assert.deepEqual(await violations(name), []);
    });

    test(`and the site's own policy does not, in ${name}`, async () => {
      site.policy = leavingOutElsewhere;
      assert.notDeepEqual(await violations(name), []);
    });
  }

  /** What a browser reports of a visit: by events in the page, and to the endpoint of the policy. */
  async function violations(name) {
    site.reports.length = 0;
    const browser = await launch(name);
    try {
      const page = await browser.newPage();
      await page.evaluateOnNewDocument(() => {
        window.e2eViolations = [];
        document.addEventListener('securitypolicyviolation', ({ blockedURI }) => window.e2eViolations.push(blockedURI));
      });
      await page.goto(`${site.hosts.site}/`, { waitUntil: 'load', timeout: 20_000 });
      await page.click('#ping');
      await sleep(3000);
      const seen = await page.evaluate(() => window.e2eViolations);
      const reported = site.reports.map((report) => report['csp-report']['blocked-uri']);
      return [...new Set([...seen, ...reported])];
    } finally {
      await browser.close();
    }
  }
});
