/** The loopback server: pages with their headers, targets that write down what reaches them, a STUN port that does too. */
import dgram from 'node:dgram';
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';

export const ADDRESS = '127.0.0.4';
const HTTPS_PORTS = [443, 8443, 9443];
const HTTP_PORTS = [80];
const CORS = { 'Access-Control-Allow-Origin': '*', 'Cache-Control': 'no-store' };
const SCRIPT = fs.readFileSync(new URL('./page.js', import.meta.url), 'utf8');

/**
 * @param {{key: Buffer, cert: Buffer}} certificate
 * @param {(job: number) => {header: string | null, reportOnly: boolean, requests: {api: string, url: string}[]} | undefined} pageOf
 * @returns {Promise<{reached: Set<string>, counts: {connections: number, packets: number}, close: () => void}>}
 */
export async function startServer({ key, cert }, pageOf) {
  const reached = new Set();
  const counts = { connections: 0, packets: 0 };
  const answer = (request, response) => route(request, response, pageOf, reached);
  const upgrade = (request, socket) => { mark(request, reached); socket.destroy(); };
  const servers = [];
  const open = (server, port) => new Promise((resolve, reject) => {
    server.on('upgrade', upgrade).on('clientError', (_, socket) => socket.destroy());
    if (port === 9443) server.on('connection', () => { counts.connections += 1; });
    for (const event of ['connection', 'secureConnection']) server.on(event, (socket) => socket.on('error', () => {}));
    servers.push(server);
    server.once('error', reject).listen(port, ADDRESS, resolve);
  });
  for (const port of HTTPS_PORTS) await open(https.createServer({ key, cert }, answer), port);
  for (const port of HTTP_PORTS) await open(http.createServer(answer), port);
  const stun = dgram.createSocket('udp4').on('message', () => { counts.packets += 1; });
  await new Promise((resolve) => stun.bind(3478, ADDRESS, resolve));
  const close = () => { stun.close(); servers.forEach((server) => { server.close(); server.closeAllConnections(); }); };
  return { reached, counts, close };
}

const markOf = (request) => new URL(request.url, 'https://x.test').searchParams.get('mark');

function mark(request, reached) {
  const found = markOf(request);
  if (found) reached.add(found);
}

function route(request, response, pageOf, reached) {
  const { pathname, searchParams } = new URL(request.url, 'https://x.test');
  const page = pathname === '/page' ? pageOf(Number(searchParams.get('job'))) : undefined;
  if (page) return servePage(response, page);
  mark(request, reached);
  if (pathname === '/redir') return void response.writeHead(302, { ...CORS, Location: searchParams.get('to') }).end();
  response.writeHead(200, { ...CORS, 'Content-Type': 'text/plain' }).end('x');
}

function servePage(response, { header, reportOnly, requests }) {
  const name = reportOnly ? 'Connection-Allowlist-Report-Only' : 'Connection-Allowlist';
  const body = `<!doctype html><meta charset=utf-8><body><script>const REQUESTS = ${JSON.stringify(requests)};\n${SCRIPT}</script>`;
  const value = header === null ? '' : `${name}: ${Buffer.from(header, 'utf8').toString('latin1')}\r\n`;
  // Written by hand: some values are none that Node would send.
  response.socket.end(Buffer.from(
    `HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nReporting-Endpoints: csp="https://app.test/report"\r\n${value}` +
    `Content-Length: ${Buffer.byteLength(body)}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n${body}`, 'latin1'));
}
