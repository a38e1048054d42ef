/** What the machine must offer, and the line in /etc/hosts that WebKit needs while a recording runs. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { UserError } from './user_error.mjs';
import { binaryOf } from './browsers.mjs';

/** Names that the cases connect to; all of them resolve to loopback in every browser. */
export const TEST_HOSTS = [
  'app.test', 'www.app.test', 'sub.app.test', 'api.test', 'www.api.test', 'b.api.test', 'a.b.api.test', 'notapi.test',
  'api.test.evil.test', 'a_b.test', 'xn--bcher-kva.test', 'test', 'other.test', 'api.example',
];

const HOSTS_FILE = '/etc/hosts';
const HOSTS_TAG = '# connect-src recorder';

/**
 * Checks everything that can be checked before the first browser starts.
 *
 * @param {string[]} browsers
 * @throws {UserError} naming what is missing and how to get it
 */
export function checkEnvironment(browsers) {
  if (process.platform !== 'linux') throw new UserError(`expected Linux, found ${process.platform}: use a container`);
  if (process.getuid() !== 0) throw new UserError('expected root, for ports 80 and 443 and /etc/hosts: use sudo or a container');
  needTool('openssl', 'openssl');
  for (const browser of browsers) needBrowser(browser);
  if (browsers.includes('firefox')) needTool('certutil', 'libnss3-tools');
  if (browsers.includes('webkit')) needTool('Xvfb', 'xvfb');
}

/** Makes the test hosts resolve to loopback. @returns {() => void} what takes the line out again */
export function addTestHosts() {
  const line = `127.0.0.1 ${TEST_HOSTS.join(' ')} ${HOSTS_TAG}`;
  fs.writeFileSync(HOSTS_FILE, `${hostsWithoutOurs()}${line}\n`);
  return () => fs.writeFileSync(HOSTS_FILE, hostsWithoutOurs());
}

function hostsWithoutOurs() {
  const lines = fs.readFileSync(HOSTS_FILE, 'utf8').replace(/\n*$/, '\n');
  return lines.split('\n').filter((line) => !line.endsWith(HOSTS_TAG)).join('\n');
}

function needBrowser(browser) {
  const { path, variable, aptPackage } = binaryOf(browser);
  if (path && fs.existsSync(path)) return;
  throw new UserError(`${browser} not found at '${path ?? '(no known place)'}': apt-get install ${aptPackage}, or set ${variable}`);
}

function needTool(tool, aptPackage) {
  try {
    execFileSync('which', [tool], { stdio: 'ignore' });
  } catch {
    throw new UserError(`${tool} not found: apt-get install ${aptPackage}`);
  }
}
