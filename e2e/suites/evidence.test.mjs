// What a collector was told is evidence for a policy, and for what a new one would do.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';
import { Process } from '../lib/processes.mjs';
import { BINARY, freePorts, temporaryFolder } from '../lib/server.mjs';
import { until } from '../lib/wait.mjs';

const PAGE = 'https://app.example.com/cart';
const BLOCKED = ['https://api.example.com/v1', 'https://api.example.com/v2', 'wss://live.example.com/feed', 'data'];

function report(blocked) {
  return JSON.stringify({ 'csp-report': {
    'document-uri': PAGE, 'effective-directive': 'connect-src', 'violated-directive': 'connect-src', disposition: 'report',
    'original-policy': "connect-src 'none'", 'blocked-uri': blocked,
  } });
}

test('the database of a collector is evidence', async () => {
  const folder = await temporaryFolder('evidence');
  const [port, adminPort] = await freePorts(2);
  const database = path.join(folder.path, 'reports.db');
  const collector = new Process(BINARY, ['collect', '--listen', `127.0.0.1:${port}`, '--admin', `127.0.0.1:${adminPort}`, '--database', database]);
  try {
    await until('the collector to be ready', async () => (await fetch(`http://127.0.0.1:${adminPort}/healthz`)).ok, { describe: () => collector.tail });
    for (const blocked of BLOCKED) {
      const headers = { 'content-type': 'application/csp-report' };
      const { status } = await fetch(`http://127.0.0.1:${port}/_connect-src`, { method: 'POST', headers, body: report(blocked) });
      assert.equal(status, 204);
    }
    const generated = await until('the reports to be stored', () => {
      const json = execFileSync(BINARY, ['generate', '--from', database, '--format', 'json'], { encoding: 'utf8' });
      const generated = JSON.parse(json);
      return generated.from[0].connections === BLOCKED.length && generated;
    }, { every: 500, describe: () => collector.tail });
    assert.equal(generated.policy, 'connect-src https://api.example.com wss://live.example.com data:');
    assert.equal(generated.from[0].kind, 'database');

    const words = ['simulate', '--old', '', '--new', 'connect-src https://api.example.com/v1', '--from', database, '--format', 'json'];
    const { status, stdout } = spawnSync(BINARY, words, { encoding: 'utf8' });
    assert.equal(status, 1);
    const { newly_blocked: blocked } = JSON.parse(stdout);
    assert.deepEqual(blocked.map(({ url }) => url).sort(), ['data:x', 'https://api.example.com/v2', 'wss://live.example.com/feed']);
    assert.deepEqual(blocked[0].pages, [PAGE]);
  } finally {
    await collector.stop();
    await folder.remove();
  }
});
