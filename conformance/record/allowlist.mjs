#!/usr/bin/env node
/**
 * Asks Chromium what Connection-Allowlist lets through: `node allowlist.mjs OUT.jsonl.gz`, as root on Linux.
 *
 * The only witness is the server: a request reached it, or it did not. One that does not arrive without the header either,
 * that arrives in one pass and not in the other, or whose page did not come to run its script, has no answer.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import zlib from 'node:zlib';
import { PAGE, pages } from './src/allowlist/cases.mjs';
import { ADDRESS, startServer } from './src/allowlist/server.mjs';
import { connect } from './src/allowlist/tabs.mjs';
import { chromiumArguments } from './src/browser_settings/chromium.mjs';
import { binaryOf, versionOf } from './src/browsers.mjs';
import { ensureCertificates } from './src/certificates.mjs';
import { sleep, startProcess } from './src/processes.mjs';

const PASSES = 2;
const TABS = 4;
const MILLISECONDS = 2000;

const out = process.argv[2];
if (!out?.endsWith('.jsonl.gz')) {
  console.error('usage: node allowlist.mjs OUT.jsonl.gz');
  process.exit(2);
}

const work = fs.mkdtempSync(path.join(os.tmpdir(), 'connect-src-allowlist-'));
const jobs = allJobs();
const server = await startServer(ensureCertificates(path.join(work, 'certificates')), (job) => jobs[job] && served(jobs[job], job));
const profile = path.join(work, 'profile');
const extra = process.env.CHROMIUM_FLAGS?.split(' ') ?? [];
const chromium = startProcess(
  binaryOf('chromium').path, [...extra, ...chromiumArguments(profile, 'about:blank', ADDRESS)],
  { env: { ...process.env, HOME: work }, log: path.join(work, 'chromium.log') },
);
try {
  const tabs = await connect(profile);
  await run(tabs, jobs.filter((job) => !isAlone(job)), TABS);
  await run(tabs, jobs.filter(isAlone), 1);
  write();
} finally {
  await chromium.stop();
  server.close();
  fs.rmSync(work, { recursive: true, force: true, maxRetries: 5 });
}

/** Every page twice with its header, and once without: the control. */
function allJobs() {
  const split = pages().flatMap((page) => {
    const counted = page.requests.filter(isCountedRequest);
    const others = page.requests.filter((request) => !isCountedRequest(request));
    return [others, ...counted.map((request) => [request])].filter((part) => part.length).map((requests) => ({ ...page, requests }));
  });
  return split.flatMap((page) => {
    const control = { ...page, isControl: true, header: null };
    return [...Array.from({ length: PASSES }, (_, pass) => ({ ...page, pass })), control];
  }).map((job) => ({ ...job, answers: [] }));
}

function isCountedRequest({ api }) { return api === 'preconnect' || api === 'webrtc'; }

/** What is told by counting has the browser for itself, and so has media, which Chromium puts off in a tab that nobody looks at. */
function isAlone(job) { return job.requests.some((request) => isCountedRequest(request) || request.api === 'video'); }

function served(job, number) {
  const requests = job.requests.map(({ api, url, redirectTo }, index) => ({ api, url: marked(url, redirectTo, `${number}-${index}`) }));
  return { header: job.header, reportOnly: job.reportOnly, requests };
}

/** The mark is the last parameter. After a redirect the target has it: what counts is what arrives there. */
function marked(url, redirectTo, mark) {
  if (url.startsWith('stun:')) return url;
  const add = (to) => `${to}${to.includes('?') ? '&' : '?'}mark=${mark}`;
  return redirectTo ? `${url}?to=${encodeURIComponent(add(redirectTo))}` : add(url);
}

async function run(tabs, jobs, width) {
  const queue = [...jobs];
  const worker = async () => {
    for (let job = queue.shift(); job; job = queue.shift()) await runJob(tabs, job);
  };
  await Promise.all(Array.from({ length: width }, worker));
}

async function runJob(tabs, job) {
  const number = jobs.indexOf(job);
  const before = { ...server.counts };
  const tab = await tabs.open(`${PAGE}/page?job=${number}`);
  if (isAlone(job)) await tab.show();
  const isTried = await waitForTitle(tab);
  await sleep(MILLISECONDS);
  await tab.close();
  if (!isTried) return;
  job.answers = job.requests.map(({ api }, index) => {
    if (api === 'preconnect') return server.counts.connections > before.connections;
    if (api === 'webrtc') return server.counts.packets > before.packets;
    return server.reached.has(`${number}-${index}`);
  });
}

/** Whether the page's script ran: without that, nothing that did not arrive says anything. */
async function waitForTitle(tab) {
  for (let tries = 0; tries < 100; tries += 1) {
    const title = await tab.title();
    if (title === 'tries' || title === 'tried') return true;
    await sleep(100);
  }
  return false;
}

function write() {
  const rows = [];
  for (let index = 0; index < jobs.length; index += PASSES + 1) {
    const group = jobs.slice(index, index + PASSES + 1);
    const [first] = group;
    first.requests.forEach(({ api, url, redirectTo }, number) => {
      const answers = group.map((job) => job.answers[number]);
      const id = `allowlist-${String(rows.length + 1).padStart(4, '0')}`;
      const header = first.header;
      rows.push({ id, page: `${PAGE}/`, header, disposition: first.reportOnly ? 'report' : 'enforce', api, url, redirect_to: redirectTo, chromium: answerOf(answers) });
    });
  }
  const lines = rows.map((row) => JSON.stringify(row) + '\n').join('');
  fs.writeFileSync(out, zlib.gzipSync(lines, { level: 9 }));
  const count = (answer) => rows.filter((row) => row.chromium === answer).length;
  console.log(`${versionOf('chromium')}: ${rows.length} rows, ${count('allowed')} allowed, ${count('blocked')} blocked, ${count(null)} without an answer`);
}

function answerOf(answers) {
  const [control] = answers.slice(-1);
  const passes = answers.slice(0, -1);
  if (!control || passes.includes(undefined) || new Set(passes).size > 1) return null;
  return passes[0] ? 'allowed' : 'blocked';
}
