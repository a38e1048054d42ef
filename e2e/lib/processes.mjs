/** Processes that always end. */
import { spawn } from 'node:child_process';
import { sleep } from './wait.mjs';

const running = new Set();

/** What is left over when a test fails half-way ends with us. */
process.on('exit', () => running.forEach((process) => process.child.kill('SIGKILL')));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));

/** A process that was started here, with what it wrote. */
export class Process {
  #output = '';
  #ended;

  /** @param {string} command  @param {string[]} words  @param {import('node:child_process').SpawnOptions} options */
  constructor(command, words, options = {}) {
    this.name = [command, ...words].join(' ');
    this.child = spawn(command, words, { stdio: ['pipe', 'pipe', 'pipe'], ...options });
    running.add(this);
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => { this.#output += text; });
    }
    this.child.stdin.on('error', () => {});
    this.#ended = new Promise((resolve) => {
      this.child.once('error', (error) => { this.#output += `\n${error}`; resolve(null); });
      this.child.once('close', (status, signal) => { this.status = signal ?? status; resolve(this.status); });
    }).finally(() => running.delete(this));
  }

  /** Everything that it wrote, to either stream. */
  get output() { return this.#output; }

  /** The last lines, for messages. */
  get tail() { return `--- ${this.name}\n${this.#output.split('\n').slice(-40).join('\n')}\n---`; }

  get hasEnded() { return this.status !== undefined; }

  /** Waits for the end. */
  get ended() { return this.#ended; }

  /** Asks it to end, and makes it end if it does not within `grace` milliseconds. Gives the status or the signal. */
  async stop(signal = 'SIGTERM', grace = 15_000) {
    if (!this.hasEnded) this.child.kill(signal);
    await Promise.race([this.#ended, sleep(grace)]);
    if (!this.hasEnded) {
      this.child.kill('SIGKILL');
      await Promise.race([this.#ended, sleep(5000)]);
    }
    return this.status;
  }
}
