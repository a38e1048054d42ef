// What `connect-src generate --as FORM` writes is what the real server sends.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Process } from '../lib/processes.mjs';
import { BINARY, freePorts, temporaryFolder } from '../lib/server.mjs';
import { until } from '../lib/wait.mjs';

const ENFORCED = 'content-security-policy';
const TWIN = 'connection-allowlist';

/** Everything that a server could stumble over, in places where a policy may have it. */
const BASE = `default-src 'self'; script-src 'self' 'nonce-abc='; report-uri /csp?x="{y}"&z=$1%20\\`;
const CONNECTIONS = [
  { page: 'https://app.example.com/', api: 'fetch', url: 'https://api.example.com/v1' },
  { page: 'https://app.example.com/', api: 'websocket', url: 'wss://live.example.com:8443/' },
];

let folder;
let traffic;
let expected;

before(async () => {
  folder = await temporaryFolder('forms');
  traffic = path.join(folder.path, 'traffic.jsonl');
  await fs.writeFile(traffic, CONNECTIONS.map((one) => JSON.stringify(one)).join('\n'));
  const lines = form('header').trim().split('\n').map((line) => line.split(/: (.*)/s));
  expected = Object.fromEntries(lines.map(([name, value]) => [name.toLowerCase(), value]));
});

after(() => folder.remove());

function form(name, ...more) {
  const words = ['generate', '--from', traffic, '--base', BASE, '--allowlist', '--as', name, ...more];
  return execFileSync(BINARY, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}

/** What can only stand in paths is compared after decoding, so servers may get it encoded. */
function decoded(policy) {
  return policy?.replace(/%(24|7B|7D|5C)/g, (_, code) => String.fromCharCode(parseInt(code, 16)));
}

async function assertSent(url) {
  const { headers } = await until(`${url} to answer`, () => fetch(url));
  assert.equal(decoded(headers.get(ENFORCED)), expected[ENFORCED]);
  assert.equal(headers.get(TWIN), expected[TWIN]);
}

/** Runs a server until the headers were seen. */
async function serve(command, words, url, options) {
  const server = new Process(command, words, options);
  try {
    await assertSent(url);
  } catch (error) {
    throw new Error(`${error.message}\n${server.tail}`);
  } finally {
    await server.stop();
  }
}

test('the policy that is compared has what is hard to write', () => {
  assert.match(expected[ENFORCED], /report-uri \/csp\?x="\{y\}"&z=\$1%20\\/);
  assert.equal(expected[TWIN], '("https://api.example.com" "https://live.example.com:8443")');
});

test('nginx sends it, and finds nothing wrong with it', async () => {
  const [port] = await freePorts(1);
  const prefix = path.join(folder.path, 'nginx');
  await fs.mkdir(path.join(prefix, 'logs'), { recursive: true });
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${prefix}/${name};`);
  await fs.writeFile(path.join(prefix, 'nginx.conf'), `daemon off; pid ${prefix}/pid; error_log stderr;
    events {} http { access_log off; ${temporary.join(' ')}
    server { listen 127.0.0.1:${port}; ${form('nginx')} location / { return 200 "x"; } } }`);
  execFileSync('nginx', ['-t', '-q', '-p', prefix, '-c', 'nginx.conf'], { stdio: 'pipe' });
  await serve('nginx', ['-p', prefix, '-c', 'nginx.conf'], `http://127.0.0.1:${port}/`);
});

test('Apache sends it', async () => {
  const [port] = await freePorts(1);
  const root = path.join(folder.path, 'apache');
  await fs.mkdir(root);
  await fs.writeFile(path.join(root, 'index.html'), 'x');
  const modules = ['mpm_event', 'authz_core', 'dir', 'headers'].map((name) =>
    `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`);
  await fs.writeFile(path.join(root, 'httpd.conf'), [
    ...modules, 'ServerName localhost', `ServerRoot ${root}`, `Listen 127.0.0.1:${port}`, `PidFile ${root}/pid`,
    `DefaultRuntimeDir ${root}`, `ErrorLog ${root}/error.log`, `DocumentRoot ${root}`, 'DirectoryIndex index.html', form('apache'),
  ].join('\n'));
  await serve('apache2', ['-f', path.join(root, 'httpd.conf'), '-DFOREGROUND'], `http://127.0.0.1:${port}/`);
});

test('Caddy sends it', async () => {
  const [port] = await freePorts(1);
  const file = path.join(folder.path, 'Caddyfile');
  await fs.writeFile(file, `{\n\tadmin off\n\tauto_https off\n}\nhttp://127.0.0.1:${port} {\n${form('caddy')}\nrespond "x"\n}\n`);
  const environment = { ...process.env, HOME: folder.path, XDG_DATA_HOME: folder.path, XDG_CONFIG_HOME: folder.path };
  await serve('caddy', ['run', '--adapter', 'caddyfile', '--config', file], `http://127.0.0.1:${port}/`, { env: environment });
});

/** Modules are found from here, whose packages are those of the lock file. */
async function write(name, text) {
  const file = path.join(path.dirname(fileURLToPath(import.meta.url)), `../.forms-${process.pid}-${name}`);
  await fs.writeFile(file, text);
  after(() => fs.rm(file, { force: true }));
  return file;
}

test('helmet sends it', async () => {
  const [port] = await freePorts(1);
  const file = await write('express.mjs', `import express from 'express';\nconst app = express();\n${form('express')}
    app.use((request, response) => response.send('x'));\napp.listen(${port}, '127.0.0.1');\n`);
  const server = new Process(process.execPath, [file]);
  try {
    const { headers } = await until('Express to answer', () => fetch(`http://127.0.0.1:${port}/`));
    // helmet joins with a semicolon alone.
    assert.deepEqual(headers.get(ENFORCED).split(';'), expected[ENFORCED].split('; '), server.tail);
    assert.equal(headers.get(TWIN), expected[TWIN]);
  } finally {
    await server.stop();
  }
});

test('Vite sends it', async () => {
  const [port] = await freePorts(1);
  const file = await write('vite.config.mjs', form('vite'));
  await fs.writeFile(path.join(folder.path, 'index.html'), '<!doctype html>x');
  const vite = fileURLToPath(new URL('../node_modules/vite/bin/vite.js', import.meta.url));
  const words = [vite, folder.path, '--config', file, '--host', '127.0.0.1', '--port', String(port), '--strictPort'];
  await serve(process.execPath, words, `http://127.0.0.1:${port}/`);
});

test('the configuration of Next.js is a module that gives the headers', async () => {
  const file = await write('next.config.mjs', form('next'));
  const { default: config } = await import(pathToFileURL(file));
  const [{ source, headers }] = await config.headers();
  assert.equal(source, '/:path*');
  const told = Object.fromEntries(headers.map(({ key, value }) => [key.toLowerCase(), value]));
  assert.deepEqual(told, expected);
});

test('a report-only policy arrives as one', async () => {
  const [port] = await freePorts(1);
  const { default: config } = await import(pathToFileURL(await write('report.mjs', form('next', '--report-only'))));
  const [{ headers }] = await config.headers();
  const server = http.createServer((request, response) => {
    for (const { key, value } of headers) response.setHeader(key, value);
    response.end('x');
  });
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  try {
    const response = await fetch(`http://127.0.0.1:${port}/`);
    assert.equal(response.headers.get('content-security-policy-report-only'), expected[ENFORCED]);
    assert.equal(response.headers.get('connection-allowlist-report-only'), expected[TWIN]);
    assert.equal(response.headers.get(ENFORCED), null);
  } finally {
    server.close();
    server.closeAllConnections();
  }
});
