/** What operators do with a running server: the real binary, without a browser. */
import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import zlib from 'node:zlib';
import { after, before, describe, test } from 'node:test';
import { startApplication } from '../lib/application.mjs';
import { Process } from '../lib/processes.mjs';
import { BINARY, Server, freePorts, temporaryFolder } from '../lib/server.mjs';
import { sleep, until } from '../lib/wait.mjs';

const REPORT_ONLY = 'content-security-policy-report-only';

/** Gets a page of a host, whatever the address. */
function get(server, host, where = '/') {
  return new Promise((resolve, reject) => {
    const request = http.get(new URL(where, server.origin), { headers: { host, accept: 'text/html' }, agent: false }, (response) => {
      response.resume().on('end', () => resolve(response));
    });
    request.on('error', reject);
  });
}

const report = (page, policy, blocked, fields = {}) => ({ 'csp-report': {
  'document-uri': page, 'effective-directive': 'connect-src', 'violated-directive': 'connect-src', 'original-policy': policy,
  'blocked-uri': blocked, disposition: 'report', 'status-code': 200, ...fields,
} });

function post(url, body, headers = {}) {
  return fetch(url, { method: 'POST', headers: { 'content-type': 'application/csp-report', ...headers }, body });
}

/** Posts a report about what the server sends with a page. */
async function postAbout(server, host, blocked, fields) {
  const { headers } = await get(server, host);
  const policy = headers[REPORT_ONLY] ?? headers['content-security-policy'];
  const [, place] = policy.match(/report-uri ([^\s;]+)/);
  const { status } = await post(new URL(place, server.origin), JSON.stringify(report(`http://${host}/`, policy, blocked, fields)));
  assert.equal(status, 204);
}

const sites = (...sites) => sites.map((site) => `[[site]]\n${site}\n`).join('');

describe('several sites', { timeout: 120_000 }, () => {
  let application, other, server;

  before(async () => {
    application = await startApplication({});
    other = await startApplication({ policy: "img-src 'self'" });
    server = await Server.start(application.url, sites(
      'host = "shop.example"\npolicy = "connect-src \'self\' https://api.shop.example"\nstage = "trial"\n'
        + '[[site.route]]\npath = "/meta"\npolicy = "connect-src \'self\'"\nstage = "enforce"',
      `host = "*.blog.example"\nupstream = "${other.url}"`,
    ));
  });
  after(async () => {
    await server?.stop();
    await application?.stop();
    await other?.stop();
  });

  test('each site and route has its application, policy and stage', async () => {
    const shop = await get(server, 'shop.example');
    assert.match(shop.headers[REPORT_ONLY], /^connect-src 'self' https:\/\/api\.shop\.example; report-uri \/_connect-src\/\d+t-/);
    assert.equal(shop.headers['content-security-policy'], undefined);
    const route = await get(server, 'shop.example', '/meta');
    assert.match(route.headers['content-security-policy'], /^connect-src 'self'; report-uri \/_connect-src\/\d+e-/);
    const blog = await get(server, 'a.blog.example');
    assert.match(blog.headers[REPORT_ONLY], /^connect-src 'none'; report-uri \/_connect-src\/\d+o-/);
    assert.equal(blog.headers['content-security-policy'], "img-src 'self'", 'the other application answers');
    assert.equal((await get(server, 'nobody.example')).statusCode, 421);
  });

  test('a step needs to know which of them', async () => {
    await assert.rejects(server.rollout('advance'), /expected one site and route, found 3: give --site shop\.example --route \/meta, or/);
    await server.rollout('advance', '--site', 'shop.example', '--route', '/', '--why', 'a good week');
    const rows = await server.get('rollout');
    assert.deepEqual(rows.find(({ site, route }) => site === 'shop.example' && route === '/').share_percent, 1);
    const [first] = (await server.get('rollout/history?site=shop.example')).items;
    assert.deepEqual([first.cause, first.why, first.who], ['advance', 'a good week', 'operator']);
  });

  test('every revision is kept with who, when, why and what browsers ignore in it', async () => {
    await server.post('rollout/propose', { site: '*.blog.example', policy: "connect-src 'none' https://a.example; upgrade-insecure-requests x", why: 'a try' });
    const [revision] = (await server.get('policies?site=*.blog.example')).items;
    assert.deepEqual([revision.who, revision.why], ['operator', 'a try']);
    assert.ok(Math.abs(Date.parse(revision.at) - Date.now()) < 60_000, revision.at);
    assert.ok(revision.notes.length > 0, JSON.stringify(revision));
  });
});

describe('a reload', { timeout: 120_000 }, () => {
  let application, server;

  before(async () => {
    application = await startApplication({});
    server = await Server.start(application.url, sites('host = "a.example"'));
  });
  after(async () => {
    await server?.stop();
    await application?.stop();
  });

  const write = async (change) => {
    await fs.writeFile(server.configFile, change(await fs.readFile(server.configFile, 'utf8')));
    const before = server.log.length;
    server.reload();
    return () => server.log.slice(before);
  };

  test('SIGHUP brings a new site, and drops no connection', async () => {
    const events = await new Promise((resolve, reject) => {
      http.get(new URL('/events', server.origin), { headers: { host: 'a.example' } }, resolve).on('error', reject);
    });
    let heard = 0;
    let ended = false;
    events.on('data', () => { heard += 1; });
    for (const end of ['close', 'error']) events.on(end, () => { ended = true; });
    let failures = 0;
    let requests = 0;
    let isOver = false;
    const clients = Array.from({ length: 4 }, async () => {
      while (!isOver) {
        requests += 1;
        const answer = await get(server, 'a.example').catch(() => null);
        if (answer?.statusCode !== 200) failures += 1;
      }
    });
    await until('the stream to flow', () => heard > 2);
    const told = await write((text) => text.replace('[admin]', '[[site]]\nhost = "b.example"\n[admin]'));
    await until('the reload', () => told().includes('the configuration was read again'), { describe: () => server.tail });
    assert.equal((await get(server, 'b.example')).statusCode, 200);
    const before = heard;
    await until('the stream to go on', () => heard > before + 5);
    isOver = true;
    await Promise.all(clients);
    assert.equal(ended, false);
    assert.ok(requests > 10);
    assert.equal(failures, 0);
    events.destroy();
  });

  test('a wrong file is told with file, line and key, and the old one stays', async () => {
    const told = await write((text) => text.replace('host = "b.example"', 'hots = "b.example"'));
    await until('the mistake', () => /connect-src\.toml:\d+:1: `site\[1\]\.hots`: unknown key/.test(told())
      && told().includes('the old configuration stays'), { describe: () => server.tail });
    assert.equal((await get(server, 'b.example')).statusCode, 200);
    await write((text) => text.replace('hots', 'host'));
  });
});

describe('reports of hostile pages', { timeout: 120_000 }, () => {
  let application, server;
  const HOSTILE = '\u001b[2J\u202e<script>alert(1)</script>\r\n=1+1';

  before(async () => {
    application = await startApplication({});
    server = await Server.start(application.url, `trusted-proxies = ["127.0.0.1"]\n${sites('host = "a.example"')}`);
    for (const field of ['document-uri', 'referrer', 'violated-directive', 'effective-directive', 'original-policy', 'blocked-uri',
      'source-file', 'script-sample', 'disposition', 'line-number', 'column-number', 'status-code']) {
      await postAbout(server, 'a.example', 'https://x.example/', { [field]: HOSTILE });
      await postAbout(server, 'a.example', 'https://x.example/', { [field]: `https://x.example/${HOSTILE}` });
    }
    await post(new URL('/_connect-src', server.origin), JSON.stringify(report('http://a.example/', '', 'https://x.example/')),
      { 'x-forwarded-for': '198.51.100.77', 'user-agent': HOSTILE.replaceAll(/[^ -~]/g, '') });
    await until('the reports to be kept', async () => (await server.get('status')).store.reports === 25, { describe: () => server.get('status') });
  });
  after(async () => {
    await server?.stop();
    await application?.stop();
  });

  const isHarmless = (text) => assert.doesNotMatch(text, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2028\u2029]/);

  test('no command says anything to the terminal for them', async () => {
    isHarmless(await server.command('reports', '--db', server.database));
    isHarmless(await server.command('suggest', '--db', server.database));
    isHarmless(await server.rollout('status'));
    isHarmless(server.log);
  });

  test('JSON is JSON, and CSV has one line for each group and no formula', async () => {
    const groups = JSON.parse(await server.command('reports', '--db', server.database, '--format', 'json'));
    assert.ok(groups.length > 3);
    const csv = await server.command('reports', '--db', server.database, '--format', 'csv');
    const lines = csv.trimEnd().split(/\r?\n/);
    assert.equal(lines.length, groups.length + 1);
    isHarmless(csv.replaceAll('\r\n', '\n'));
    assert.doesNotMatch(csv, /(^|,)"?[=+@]/m);
  });

  test('addresses are not kept', async () => {
    await server.kill();
    const files = await fs.readdir(server.folder.path);
    for (const file of files.filter((file) => file.startsWith('reports.db'))) {
      const bytes = await fs.readFile(path.join(server.folder.path, file));
      for (const address of ['198.51.100.77', '127.0.0.1']) assert.equal(bytes.includes(address), false, `${file} has ${address}`);
      assert.equal(bytes.includes(Buffer.from([198, 51, 100, 77])), false, file);
    }
    await server.startAgain();
  });

  test('a backup is made while reports come in', async () => {
    const target = path.join(server.folder.path, 'copy.db');
    let isOver = false;
    const posting = (async () => {
      while (!isOver) await postAbout(server, 'a.example', 'https://y.example/');
    })();
    await server.command('backup', target, '--db', server.database);
    isOver = true;
    await posting;
    const groups = JSON.parse(await server.command('reports', '--db', target, '--format', 'json'));
    assert.ok(groups.length > 3);
    assert.equal((await fs.stat(target)).mode & 0o077, 0, 'it is for its owner alone');
  });
});

describe('a collector that stands alone', { timeout: 120_000 }, () => {
  let folder, collector, url, admin, token;

  before(async () => {
    folder = await temporaryFolder('collect');
    const ports = await freePorts(2);
    [url, admin] = ports.map((port) => `http://127.0.0.1:${port}`);
    const [listen, listenAdmin] = ports.map((port) => `127.0.0.1:${port}`);
    collector = new Process(BINARY, ['collect', '--listen', listen, '--admin', listenAdmin, '--log', 'json',
      '--database', path.join(folder.path, 'reports.db')]);
    token = await until('the first token', () => collector.output.match(/csrc_[\w-]+/)?.[0], { describe: () => collector.tail });
    await until('it to answer', async () => (await fetch(`${admin}/healthz`)).ok);
  });
  after(async () => {
    await collector?.stop();
    await folder?.remove();
  });

  const ask = async (resource) => (await fetch(`${admin}/api/v1/${resource}`, { headers: { authorization: `Bearer ${token}` } })).json();

  test('it answers the preflight of another origin', async () => {
    const answer = await fetch(`${url}/_connect-src`, { method: 'OPTIONS', headers: {
      origin: 'https://app.example', 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' } });
    assert.deepEqual([answer.status, answer.headers.get('access-control-allow-origin'), answer.headers.get('access-control-allow-methods'),
      answer.headers.get('access-control-allow-headers')], [204, '*', 'POST', 'content-type']);
  });

  test('it takes both formats, plain and gzip, and judges them', async () => {
    const policy = "connect-src 'self'; report-uri https://reports.example/";
    const one = JSON.stringify(report('https://app.example/', policy, 'https://a.example/'));
    const many = JSON.stringify([{ type: 'csp-violation', age: 1, url: 'https://app.example/', user_agent: 'x', body: {
      documentURL: 'https://app.example/', effectiveDirective: 'connect-src', originalPolicy: policy, blockedURL: 'https://b.example/',
      disposition: 'enforce', statusCode: 200 } }]);
    const reports = { 'content-type': 'application/reports+json' };
    const gzip = { 'content-encoding': 'gzip' };
    const answers = await Promise.all([
      post(`${url}/_connect-src`, one), post(`${url}/_connect-src`, zlib.gzipSync(one), gzip),
      post(`${url}/_connect-src`, many, reports), post(`${url}/_connect-src`, zlib.gzipSync(many), { ...reports, ...gzip }),
    ]);
    assert.deepEqual(answers.map((answer) => answer.status), [204, 204, 204, 204]);
    await until('the groups', async () => (await ask('status')).store.reports === 4);
    const { items } = await ask('groups');
    assert.deepEqual(items.map(({ blocked, count, class: found }) => `${blocked} ${count} ${found}`).sort(),
      ['https://a.example 2 genuine', 'https://b.example 2 genuine']);
  });

  test('what is no report, and what is too large, is refused', async () => {
    assert.equal((await post(`${url}/_connect-src`, '<html>')).status, 400);
    assert.equal((await post(`${url}/_connect-src`, 'x'.repeat(300 << 10))).status, 413);
    assert.equal((await post(`${url}/_connect-src`, zlib.gzipSync(Buffer.alloc(8 << 20)), { 'content-encoding': 'gzip' })).status, 413);
  });

  test('there is no application behind it', async () => {
    assert.equal((await fetch(url)).status, 404);
  });

  test('its log is JSON, line by line', async () => {
    await collector.stop();
    const lines = collector.output.split('\n').filter((line) => line.startsWith('{'));
    assert.ok(lines.length > 0, collector.tail);
    for (const line of lines) assert.ok(JSON.parse(line).level, line);
  });
});

describe('when things are down', { timeout: 120_000 }, () => {
  let application, server;

  before(async () => {
    application = await startApplication({});
    server = await Server.start(application.url, sites('host = "a.example"'));
  });
  after(async () => {
    await server?.stop();
    await application?.stop();
  });

  const ready = async () => {
    const answer = await fetch(`${server.adminOrigin}/readyz`);
    return { status: answer.status, ...await answer.json() };
  };

  test('an application that is gone gives a page with 502, and readyz says why', async () => {
    assert.deepEqual(await ready(), { status: 200, ready: true, reasons: [] });
    await application.stop();
    const answer = await get(server, 'a.example');
    assert.equal(answer.statusCode, 502);
    assert.match(answer.headers['content-type'], /^text\/html/);
    const { status, reasons } = await ready();
    assert.equal(status, 503);
    assert.match(reasons[0], /^the application at http:\/\/127\.0\.0\.1:\d+\/ does not answer: /);
    assert.equal((await fetch(`${server.adminOrigin}/healthz`)).status, 200, 'the process itself is well');
  });

  test('the health check of the container sees a server, and sees none', async () => {
    const dockerfile = await fs.readFile(new URL('../../packaging/Dockerfile', import.meta.url), 'utf8');
    const [command, ...words] = JSON.parse(dockerfile.match(/HEALTHCHECK[^[]*CMD (\[.*\])/)[1]);
    const [unused] = await freePorts(1);
    const check = async (port) => {
      const process = new Process(command, words.map((word) => word.replace('8081', port)));
      return (await process.ended) === 0;
    };
    assert.equal(await check(new URL(server.adminOrigin).port), true);
    assert.equal(await check(unused), false);
  });

  test('the metrics are what Prometheus reads', async () => {
    await sleep(100);
    const answer = await fetch(`${server.adminOrigin}/metrics`);
    assert.match(answer.headers.get('content-type'), /^application\/openmetrics-text; version=1\.0\.0/);
    const text = await answer.text();
    assert.ok(text.endsWith('# EOF\n'));
    const sample = /^connect_src_[a-z_]+(\{[a-z]+="[^"\n]*"(,[a-z]+="[^"\n]*")*\})? -?[0-9.e+]+$/;
    const about = /^# (HELP|TYPE|UNIT) connect_src_[a-z_]+ .+$/;
    for (const line of text.split('\n').slice(0, -2)) assert.ok(sample.test(line) || about.test(line), line);
    assert.match(text, /connect_src_enforced_ratio\{site="a\.example",route="\/"\} 0\.0/);
  });
});
