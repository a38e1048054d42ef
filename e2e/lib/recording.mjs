/** `connect-src record`, run on a page, and what it wrote. */
import fs from 'node:fs/promises';
import path from 'node:path';
import { Process } from './processes.mjs';
import { BINARY, temporaryFolder } from './server.mjs';

/** Runs a command of the binary to its end. */
export async function run(words, { env = {}, within = 180_000, meanwhile } = {}) {
  const process_ = new Process(BINARY, words, { env: { ...withoutProxies(process.env), NO_COLOR: '1', ...env } });
  await meanwhile?.(process_);
  process_.child.stdin.end();
  const late = setTimeout(() => process_.child.kill(), within);
  const status = await process_.ended;
  clearTimeout(late);
  return { status, output: process_.output };
}

/** Records into a file. Gives the exit status, what was printed, and the file: its path, its text, its lines. */
export async function record(words, options = {}) {
  const folder = await temporaryFolder('recording');
  const file = path.join(folder.path, 'recording');
  const browser = process.env.CHROMIUM ? ['--browser', process.env.CHROMIUM] : [];
  const { status, output } = await run(['record', ...words, ...browser, '--out', file], options);
  const text = await fs.readFile(file, 'utf8').catch(() => '');
  const lines = () => text.trimEnd().split('\n').filter(Boolean).map((line) => JSON.parse(line));
  return { status, output, file, text, get lines() { return lines(); }, remove: folder.remove };
}

/** A file beside which nothing else is. */
export async function temporaryFile(name, text) {
  const folder = await temporaryFolder('file');
  const file = path.join(folder.path, name);
  await fs.writeFile(file, text);
  return { file, remove: folder.remove };
}

/** A connection in a line: who, by which API, to where, and whether it is blocked. Hosts are called by what they are. */
export function told(line, hosts) {
  const who = line.worker ? `${line.worker.type} worker` : line.frame_of ? 'frame' : 'page';
  const urls = [line.url, ...(line.redirects ?? [])].map((url) => named(url, hosts));
  return `${who}: ${line.api ?? '?'} ${urls.join(' > ')}${line.blocked ? ' (blocked)' : ''}`;
}

function named(url, hosts) {
  if (url.startsWith('blob:')) return 'blob:';
  const found = Object.entries(hosts).find(([, origin]) => {
    const { host } = new URL(origin);
    return new URL(url).host === host;
  });
  const { protocol, pathname } = new URL(url);
  const scheme = protocol.startsWith('ws') ? 'ws ' : '';
  return `${scheme}${found?.[0] ?? url}${pathname}`;
}

function withoutProxies(env) {
  const isProxy = (name) => /^(https?|all|no)_proxy$/i.test(name);
  return Object.fromEntries(Object.entries(env).filter(([name]) => !isProxy(name)));
}
