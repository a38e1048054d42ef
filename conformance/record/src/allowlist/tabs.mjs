/** Opens pages in Chromium through its DevTools port: a page under test may be unable to go on by itself. */
import fs from 'node:fs';
import path from 'node:path';
import { sleep } from '../processes.mjs';

/** @returns {Promise<{open: (url: string) => Promise<{title: () => Promise<string | undefined>, show: () => Promise<void>, close: () => Promise<void>}>}>} */
export async function connect(profile) {
  const base = await endpoint(path.join(profile, 'DevToolsActivePort'));
  const ask = async (method, place) => (await fetch(`${base}/json/${place}`, { method })).text();
  const open = async (url) => {
    const { id } = JSON.parse(await ask('PUT', `new?${encodeURI(url)}`));
    const title = async () => JSON.parse(await ask('GET', 'list')).find((tab) => tab.id === id)?.title;
    const tell = (what) => () => ask('GET', `${what}/${id}`).catch(() => {});
    return { title, show: tell('activate'), close: tell('close') };
  };
  return { open };
}

async function endpoint(file) {
  for (let tries = 0; tries < 300; tries += 1) {
    const [port] = fs.existsSync(file) ? fs.readFileSync(file, 'utf8').split('\n') : [];
    if (port) return `http://127.0.0.1:${port}`;
    await sleep(100);
  }
  throw new Error('Chromium opened no DevTools port within 30 seconds');
}
