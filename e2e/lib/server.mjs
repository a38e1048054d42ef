/** The real binary: `connect-src`, in front of an application. */
import fs from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Process } from './processes.mjs';
import { until } from './wait.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The binary under test. */
export const BINARY = process.env.CONNECT_SRC ?? path.join(ROOT, 'target/debug/connect-src');

/** Ports that nobody has at the moment. */
export async function freePorts(count) {
  const servers = Array.from({ length: count }, () => net.createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => new Promise((resolve) => server.once('listening', resolve))));
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** A folder that goes when the tests have ended. */
export async function temporaryFolder(name) {
  const folder = await fs.mkdtemp(path.join(os.tmpdir(), `connect-src-e2e-${name}-`));
  return { path: folder, remove: () => fs.rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }) };
}

/** The demo application without a server in front of it. */
export async function startDemoApplication() {
  const application = new Process(BINARY, ['demo']);
  const url = await until('the demo application to say where it is',
    () => application.output.match(/^http:\S+/m)?.[0], { describe: () => application.tail });
  return {
    url,
    /** What arrived at it, and at its other hosts, since it was last forgotten: `METHOD host/path`. */
    async arrivals() {
      const list = await (await fetch(new URL('/arrivals', url))).json();
      return list.map(({ method, host, path }) => `${method} ${host}${path}`);
    },
    forget: () => fetch(new URL('/arrivals', url), { method: 'DELETE' }),
    stop: () => application.stop(),
  };
}

/** `connect-src serve` on free ports, with a database of its own. It can be killed and started again. */
export class Server {
  #process = null;

  /** @param {string} upstream  @param {string} config  further lines of the configuration, tables last */
  static async start(upstream, config = '') {
    const folder = await temporaryFolder('server');
    const [port, adminPort] = await freePorts(2);
    const server = new Server();
    Object.assign(server, {
      folder, origin: `http://127.0.0.1:${port}`, adminOrigin: `http://127.0.0.1:${adminPort}`,
      configFile: path.join(folder.path, 'connect-src.toml'), database: path.join(folder.path, 'reports.db'),
    });
    await fs.writeFile(server.configFile, `upstream = "${upstream.replace(/\/$/, '')}"\nlisten = "127.0.0.1:${port}"\n`
      + `database = "reports.db"\n${config}\n[admin]\nlisten = "127.0.0.1:${adminPort}"\n`);
    await server.startAgain();
    server.token = await until('the first token', () => server.log.match(/csrc_[\w-]+/)?.[0], { describe: () => server.tail });
    // A token is slow to check the first time, and only then.
    await server.get('status');
    return server;
  }

  /** Starts it on what it left. Gives the milliseconds until it was ready. */
  async startAgain() {
    const started = performance.now();
    this.#process = new Process(BINARY, ['serve', '--config', this.configFile]);
    await until('the server to be ready', async () => {
      if (this.#process.hasEnded) return true;
      return (await fetch(`${this.adminOrigin}/healthz`)).ok;
    }, { every: 20, describe: () => this.tail });
    if (this.#process.hasEnded) throw new Error(`the server ended with ${this.#process.status}\n${this.tail}`);
    return performance.now() - started;
  }

  get log() { return this.#process.output; }
  get tail() { return this.#process.tail; }

  /** Asks the API. */
  async get(resource) {
    return this.#ask(resource, {});
  }

  /** Has the API do something. */
  async post(resource, body) {
    return this.#ask(resource, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
  }

  async #ask(resource, options) {
    const response = await fetch(`${this.adminOrigin}/api/v1/${resource}`, {
      ...options, headers: { authorization: `Bearer ${this.token}`, ...options.headers }, signal: AbortSignal.timeout(10_000),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${resource}: ${response.status} ${text}\n${this.tail}`);
    return text ? JSON.parse(text) : null;
  }

  /** The inventory: scheme, host and path of every genuine connection. */
  async inventory() {
    const { items } = await this.get('connections?class=genuine&limit=1000');
    return items.map(({ origin, path }) => origin + (path ?? ''));
  }

  /** Runs another command of the binary on this server, and gives what it printed. */
  async command(...words) {
    const process_ = new Process(BINARY, words, { env: { ...process.env, CONNECT_SRC_TOKEN: this.token, NO_COLOR: '1' } });
    process_.child.stdin.end();
    await Promise.race([process_.ended, until(`${words[0]} to end`, () => process_.hasEnded, { within: 30_000 })]);
    if (process_.status !== 0) throw new Error(`it ended with ${process_.status}\n${process_.tail}`);
    return process_.output;
  }

  /** `connect-src rollout STEP`, as an operator types it. */
  rollout(...words) {
    return this.command('rollout', ...words, '--server', this.adminOrigin);
  }

  /** `connect-src suggest`, as JSON. */
  async suggest(...words) {
    const output = await this.command('suggest', '--db', this.database, '--format', 'json', '--server', this.adminOrigin, ...words);
    return JSON.parse(output).suggestion;
  }

  /** Has it read its configuration again. */
  reload() {
    this.#process.child.kill('SIGHUP');
  }

  /** Ends it without any chance to tidy up. */
  kill() {
    return this.#process.stop('SIGKILL');
  }

  /** Ends it, and throws away what it kept. Gives the exit status. */
  async stop() {
    const status = await this.#process.stop();
    await this.folder.remove();
    return status;
  }
}
