/** Child processes in a group of their own, so that exactly what was started is ended. */
import { spawn } from 'node:child_process';
import fs from 'node:fs';

/**
 * @param {string} command
 * @param {string[]} args
 * @param {{env: object, log: string}} options  `log` receives both output streams
 */
export function startProcess(command, args, { env, log }) {
  const fd = fs.openSync(log, 'a');
  const child = spawn(command, args, { env, stdio: ['ignore', fd, fd], detached: true });
  fs.closeSync(fd);
  let failure = null;
  child.on('error', (error) => { failure = error; });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const hasEnded = () => failure !== null || child.exitCode !== null || child.signalCode !== null;
  return { hasEnded, stop: () => stop(child, exited, hasEnded) };
}

async function stop(child, exited, hasEnded) {
  if (child.pid === undefined) return;
  if (!hasEnded()) {
    signalGroup(child.pid, 'SIGTERM');
    await Promise.race([exited, sleep(3000)]);
  }
  signalGroup(child.pid, 'SIGKILL');
}

function signalGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch {
    // The group has ended by itself.
  }
}

export function sleep(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
