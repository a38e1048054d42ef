/** Node-RED: an application that nobody here wrote. Its editor lives on XMLHttpRequest and a WebSocket. */
import fs from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Process } from './processes.mjs';
import { freePorts, temporaryFolder } from './server.mjs';
import { until } from './wait.mjs';

const RED = fileURLToPath(new URL('../node_modules/node-red/red.js', import.meta.url));

const SETTINGS = {
  uiHost: '127.0.0.1', credentialSecret: 'e2e', flowFile: 'flows.json', diagnostics: { enabled: false },
  telemetry: { enabled: false, updateNotification: false }, externalModules: { palette: { allowInstall: false } },
  editorTheme: { tours: false, projects: { enabled: false }, palette: { catalogues: [] }, header: { title: 'e2e' } },
};

export async function startNodeRed() {
  const folder = await temporaryFolder('node-red');
  const [port] = await freePorts(1);
  const settings = path.join(folder.path, 'settings.cjs');
  await fs.writeFile(settings, `module.exports = ${JSON.stringify(SETTINGS)};\n`);
  const application = new Process(process.execPath, [RED, '--port', port, '--userDir', folder.path, '--settings', settings],
    { cwd: folder.path, env: { ...process.env, NODE_ENV: 'production', NO_UPDATE_NOTIFIER: '1' } });
  const url = `http://127.0.0.1:${port}/`;
  await until('Node-RED to answer', async () => application.hasEnded || (await fetch(url)).ok,
    { within: 60_000, every: 200, describe: () => application.tail });
  if (application.hasEnded) throw new Error(application.tail);
  return {
    url,
    get tail() { return application.tail; },
    async stop() {
      await application.stop();
      await folder.remove();
    },
  };
}

/** Lets a test see a page's WebSockets. To be run before the page's own scripts. */
export function rememberSockets() {
  window.e2eSockets = [];
  window.WebSocket = class extends window.WebSocket {
    constructor(...words) {
      super(...words);
      window.e2eSockets.push(this);
      this.addEventListener('message', () => { this.e2eHeard = (this.e2eHeard ?? 0) + 1; });
    }
  };
}

/** Opens the editor, and waits until its nodes are loaded and its WebSocket is open. */
export async function openEditor(page, url) {
  await page.goto(url, { waitUntil: 'load', timeout: 60_000 });
  const state = () => page.evaluate(() => ({
    hasNodes: document.querySelectorAll('.red-ui-palette-node').length > 20,
    isReady: typeof RED === 'object' && !!RED.view && document.querySelector('#red-ui-workspace') !== null
      && !document.querySelector('#red-ui-loading-progress:not(.hide)')?.offsetParent,
    sockets: window.e2eSockets.map(({ url, readyState }) => `${url} ${readyState}`),
  }));
  await until('the editor to be ready', async () => {
    const { hasNodes, isReady, sockets } = await state();
    return hasNodes && isReady && sockets.some((socket) => /\/comms 1$/.test(socket));
  }, { within: 60_000, every: 100, describe: state });
}

/**
 * Works in the editor as a person does: imports two nodes, deploys them, presses the button of one, and waits until what
 * the other writes appears in the sidebar. It comes over the WebSocket.
 */
export async function deployAndRun(page, text) {
  await page.evaluate((payload) => {
    const z = RED.workspaces.active();
    const inject = {
      id: `inject-${payload}`, type: 'inject', z, name: '', topic: '', props: [{ p: 'payload' }], payload, payloadType: 'str',
      repeat: '', crontab: '', once: false, x: 150, y: 100, wires: [[`debug-${payload}`]],
    };
    const debug = {
      id: `debug-${payload}`, type: 'debug', z, name: payload, active: true, tosidebar: true, console: false, tostatus: false,
      complete: 'payload', targetType: 'msg', statusVal: '', statusType: 'auto', x: 400, y: 100, wires: [],
    };
    RED.nodes.import([inject, debug], { generateIds: false });
    RED.nodes.dirty(true);
    RED.view.redraw(true);
    RED.sidebar.show('debug');
    RED.actions.invoke('core:deploy-flows');
  }, text);
  const dirty = () => page.evaluate(() => RED.nodes.dirty());
  await until('the flow to be deployed', async () => !await dirty(), { within: 20_000 });
  const press = () => page.evaluate((id) => new Promise((resolve) => {
    $.ajax({ url: `inject/${id}`, type: 'POST' }).done(() => resolve('done')).fail((xhr) => resolve(`failed: ${xhr.status}`));
  }), `inject-${text}`);
  await until('the button to be pressed', async () => await press() === 'done', { within: 10_000, every: 300, describe: press });
  const sidebar = () => page.evaluate(() => [...document.querySelectorAll('.red-ui-debug-msg-payload')].map((node) => node.textContent));
  await until('the message to be in the sidebar', async () => (await sidebar()).some((shown) => shown.includes(text)),
    { within: 15_000, describe: sidebar });
}
