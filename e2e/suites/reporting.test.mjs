/** Whatever way of reporting is configured, over HTTP and over HTTPS: the reports come, and all of them are genuine. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { BROWSER_NAMES, launch } from '../lib/browsers.mjs';
import { makeCertificates } from '../lib/certificates.mjs';
import { results } from '../lib/demo_page.mjs';
import { Server, startDemoApplication, temporaryFolder } from '../lib/server.mjs';
import { until } from '../lib/wait.mjs';

/** What browsers gather is sent within a minute. Chromium has a switch that makes it sooner. */
const A_MINUTE_AND_A_BIT = 75_000;
const SOONER = ['--short-reporting-delay'];

/** What the policy names, for each configured way. Over HTTP browsers know no endpoints. */
const NAMED = {
  http: { both: 'report-uri', 'report-to': 'report-uri', 'report-uri': 'report-uri' },
  https: { both: 'report-uri report-to', 'report-to': 'report-to', 'report-uri': 'report-uri' },
};

for (const name of BROWSER_NAMES) {
  describe(`reporting in ${name}`, { timeout: 400_000 }, () => {
    let folder, certificates, application, browser;

    before(async () => {
      folder = await temporaryFolder('tls');
      certificates = await makeCertificates(folder.path);
      application = await startDemoApplication();
      browser = await launch(name, { flags: SOONER, authority: certificates.authority });
    });
    after(async () => {
      await browser?.close();
      await application?.stop();
      await folder?.remove();
    });

    for (const [scheme, ways] of Object.entries(NAMED)) {
      for (const [reporting, named] of Object.entries(ways)) {
        test(`${reporting} over ${scheme}: every connection is reported, and every report is genuine`, async () => {
          const tls = scheme === 'https' ? `[tls]\ncert = "${certificates.certificate}"\nkey = "${certificates.key}"\n` : '';
          const server = await Server.start(application.url, `${tls}[rollout]\nreporting = "${reporting}"`);
          const page = await browser.newPage();
          try {
            const response = await page.goto(server.origin.replace('http', scheme), { waitUntil: 'load', timeout: 20_000 });
            const headers = response.headers();
            const policy = headers['content-security-policy-report-only'];
            assert.equal(policy.match(/\breport-(uri|to)(?= )/g).join(' '), named, policy);
            assert.equal('reporting-endpoints' in headers, named.includes('report-to'));
            await isReportedWhole(server, await results(page), `${name}, ${scheme}, ${reporting}`);
          } finally {
            await page.close();
            await server.stop();
          }
        });
      }
    }
  });
}

async function isReportedWhole(server, rows, what) {
  assert.deepEqual(rows.filter((row) => row.result !== 'connected'), []);
  const missing = async () => {
    const inventory = new Set(await server.inventory());
    return rows.map((row) => row.connection).filter((connection) => !inventory.has(connection));
  };
  const started = performance.now();
  await until('the inventory to be complete', async () => (await missing()).length === 0,
    { within: A_MINUTE_AND_A_BIT, every: 200, describe: missing });
  console.log(`# ${what}: complete after ${Math.round(performance.now() - started)} ms`);
  const { items } = await server.get('groups');
  assert.deepEqual(items.filter((group) => group.class !== 'genuine').map(({ blocked, reason }) => `${blocked}: ${reason}`), []);
}
