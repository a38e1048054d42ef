/** A small application that sends policies of its own, and a host that it connects to. */
import http from 'node:http';

const page = (head) => `<!doctype html><html><head>${head}</head><body>a page</body></html>`;

/** @returns {Promise<{url: string, port: number, stop: () => Promise<void>}>} */
async function listen(answer) {
  const server = http.createServer(answer);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  return {
    port, url: `http://127.0.0.1:${port}`,
    stop: () => new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); }),
  };
}

/**
 * Pages: `/` with the policy in a header, `/meta` with one in `<meta>`, and `/events`, a stream that never ends.
 *
 * @param {string} policy  for `/`
 * @param {string} inMeta  for `/meta`
 */
export function startApplication({ policy, inMeta }) {
  return listen((request, response) => {
    const type = (value) => response.setHeader('content-type', value);
    if (request.url === '/' || request.url === '/meta') {
      type('text/html; charset=utf-8');
      if (request.url === '/' && policy) response.setHeader('content-security-policy', policy);
      response.end(page(request.url === '/' ? '' : `<meta http-equiv="Content-Security-Policy" content="${inMeta}">`));
    } else if (request.url === '/events') {
      type('text/event-stream');
      const beat = setInterval(() => response.write(`data: ${Date.now()}\n\n`), 50);
      request.socket.on('close', () => clearInterval(beat));
      response.on('close', () => clearInterval(beat));
    } else {
      response.end('here');
    }
  });
}

const PIXEL = Buffer.from('R0lGODlhAQABAAAAACwAAAAAAQABAAA=', 'base64');

/** Another host: whoever asks gets an image. */
export function startOtherHost() {
  return listen((request, response) => {
    response.writeHead(200, { 'access-control-allow-origin': '*', 'content-type': 'image/gif' }).end(PIXEL);
  });
}
