/** The loopback server: pages under test, their worker scripts, redirects, targets of requests, intake of reports. */
import http from 'node:http';
import https from 'node:https';
import { UserError } from './user_error.mjs';

const HTTP_PORTS = [80, 8080];
const HTTPS_PORTS = [443, 8443];
const MAX_REPORT_BYTES = 64 * 1024 * 1024;
const CORS = { 'Access-Control-Allow-Origin': '*', 'Cache-Control': 'no-store' };

/**
 * What the server asks of the recording.
 *
 * @typedef {object} Handler
 * @property {(visit: Visit) => {headers: [string, Buffer][], body: string}|null} page
 * @property {(visit: Visit) => {headers: [string, Buffer][], body: string}|null} worker
 * @property {(visit: Visit, report: object|null) => void} report  null: what came was no JSON
 * @property {(visit: Visit, hint: number) => void} hint            a resource hint of the page arrived
 * @property {(visit: Visit) => void} arrived                       the page of hints has had its time
 * @property {(visit: Visit) => void} violationReport               a report-uri was posted to
 * @property {(address: string, port: number, socket: import('node:net').Socket) => void} connection
 * @property {(browser: string) => string|null} nextUrl             where a browser goes on, or null at the end
 *
 * @typedef {{browser: string, job: number}} Visit
 */

/**
 * Listens on every port of every address.
 *
 * @param {{key: Buffer, cert: Buffer}} certificate
 * @param {string[]} addresses  loopback addresses
 * @param {Handler} handler
 * @returns {Promise<{close: () => void}>}
 * @throws {UserError} when a port is taken
 */
export async function startServer({ key, cert }, addresses, handler) {
  const servers = [];
  const close = () => servers.forEach((server) => { server.close(); server.closeAllConnections(); });
  const answer = (request, response) => route(handler, request, response);
  const open = async (server, address, port) => {
    servers.push(server);
    server.on('connection', (socket) => handler.connection(address, port, socket));
    for (const event of ['connection', 'secureConnection']) server.on(event, (socket) => socket.on('error', () => {}));
    await listen(server, address, port);
  };
  try {
    for (const address of addresses) {
      for (const port of HTTP_PORTS) await open(http.createServer({ maxHeaderSize: 65536 }, answer), address, port);
      for (const port of HTTPS_PORTS) await open(https.createServer({ key, cert, maxHeaderSize: 65536 }, answer), address, port);
    }
  } catch (error) {
    close();
    throw error;
  }
  return { close };
}

function listen(server, address, port) {
  server.keepAliveTimeout = 2000;
  server.on('clientError', (_, socket) => socket.destroy());
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(listenError(error, address, port)));
    server.listen(port, address, resolve);
  });
}

function listenError(error, address, port) {
  const place = `${address}:${port}`;
  if (error.code === 'EADDRINUSE') return new UserError(`${place} is in use: stop what listens there (another recording? one at a time)`);
  if (error.code === 'EACCES') return new UserError(`not permitted to listen on ${place}: run as root`);
  return error;
}

function route(handler, request, response) {
  const scheme = request.socket.encrypted ? 'https' : 'http';
  const text = `${scheme}://${request.headers.host || 'unknown'}${request.url}`;
  if (!URL.canParse(text)) return void response.writeHead(400).end();
  const url = new URL(text);
  const visit = { browser: url.searchParams.get('browser'), job: Number(url.searchParams.get('job')) };
  const own = visit.browser === null ? undefined : OWN_PATHS[`${request.method} ${url.pathname}`];
  if (own) return own(handler, request, url, visit);
  if (request.method === 'POST' && url.pathname === '/report') takeViolationReport(handler, request);
  if (url.searchParams.has('hint')) handler.hint(visit, Number(url.searchParams.get('hint')));
  answerTarget(response, url);
}

/** What the recorder's own pages ask for; every other URL is the target of a request under test. */
const OWN_PATHS = {
  'GET /start': (handler, request, url, { browser }) => redirect(request, handler.nextUrl(browser) ?? '/idle'),
  'GET /page': (handler, request, url, visit) => serve(request, 'text/html', handler.page(visit)),
  'GET /worker.js': (handler, request, url, visit) => serve(request, 'text/javascript', handler.worker(visit)),
  'GET /arrived': (handler, request, url, visit) => {
    handler.arrived(visit);
    sendOn(handler, request, url, visit);
  },
  'POST /done': async (handler, request, url, visit) => {
    const body = await readBody(request);
    handler.report(visit, parseReport(body));
    sendOn(handler, request, url, visit);
  },
};

function answerTarget(response, { pathname, searchParams }) {
  if (pathname === '/redir') return void response.writeHead(302, { ...CORS, Location: searchParams.get('to') || '/' }).end();
  response.writeHead(200, { ...CORS, 'Content-Type': contentType(pathname) }).end(pathname === '/modulepreload' ? '' : '{}');
}

function contentType(pathname) {
  if (pathname.endsWith('.json')) return 'application/json';
  if (pathname === '/idle') return 'text/html';
  return pathname === '/modulepreload' ? 'text/javascript' : 'text/plain';
}

/** To the browser's next page. Across origins by script: form-action may not follow a redirect that crosses them. */
function sendOn(handler, request, url, { browser }) {
  const next = handler.nextUrl(browser);
  if (next?.startsWith(url.origin + '/')) return redirect(request, next);
  const body = next ? `<!doctype html><script>location.replace(${JSON.stringify(next)})</script>` : '<!doctype html>finished';
  send(request, '200 OK', [['Content-Type', Buffer.from('text/html')]], body);
}

function redirect(request, location) {
  send(request, '303 See Other', [['Location', Buffer.from(location)]], '');
}

function serve(request, type, content) {
  if (!content) return send(request, '404 Not Found', [], '');
  send(request, '200 OK', [['Content-Type', Buffer.from(`${type}; charset=utf-8`)], ...content.headers], content.body);
}

/** Writes the response byte by byte: Node's own writer refuses header values that the cases need. */
function send(request, status, headers, body) {
  const content = Buffer.from(body, 'utf8');
  request.socket.end(Buffer.concat([
    Buffer.from(`HTTP/1.1 ${status}\r\n`),
    ...headers.flatMap(([name, value]) => [Buffer.from(name + ': '), value, Buffer.from('\r\n')]),
    Buffer.from(`Content-Length: ${content.length}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n`),
    content,
  ]));
}

async function readBody(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > MAX_REPORT_BYTES) return '';
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The form's one field, `report={…}`. */
function parseReport(body) {
  try {
    return JSON.parse(body.slice(body.indexOf('=') + 1).trim());
  } catch {
    return null;
  }
}

/** A browser's own report names the page's URL, and with it the job. */
async function takeViolationReport(handler, request) {
  const documentUri = /"document-uri":"([^"]*)"/.exec((await readBody(request)).replaceAll('\\/', '/'))?.[1];
  if (!documentUri || !URL.canParse(documentUri)) return;
  const { searchParams } = new URL(documentUri);
  handler.violationReport({ browser: searchParams.get('browser'), job: Number(searchParams.get('job')) });
}
