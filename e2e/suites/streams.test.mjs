/** WebSocket and server-sent events of the application, through the proxy. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { BROWSER_NAMES, launch } from '../lib/browsers.mjs';
import { makeCertificates } from '../lib/certificates.mjs';
import { visit } from '../lib/demo_page.mjs';
import { Server, startDemoApplication, temporaryFolder } from '../lib/server.mjs';

/** Over HTTPS browsers speak HTTP/2, but HTTP/1.1 for WebSockets. */
const WAYS = BROWSER_NAMES.flatMap((name) => [{ name, scheme: 'http' }, { name, scheme: 'https' }]);

for (const { name, scheme } of WAYS) {
  describe(`streams over ${scheme} in ${name}`, { timeout: 120_000 }, () => {
    let folder, application, server, browser, page;

    before(async () => {
      application = await startDemoApplication();
      folder = await temporaryFolder('tls');
      const { authority, certificate, key } = await makeCertificates(folder.path);
      server = await Server.start(application.url, scheme === 'https' ? `[tls]\ncert = "${certificate}"\nkey = "${key}"\n` : '');
      browser = await launch(name, { authority });
      page = await browser.newPage();
      await visit(page, server.origin.replace('http', scheme));
    });
    after(async () => {
      await browser?.close();
      await server?.stop();
      await application?.stop();
      await folder?.remove();
    });

    test('the page came over the version of HTTP that the scheme has', async () => {
      const version = await page.evaluate(() => performance.getEntriesByType('navigation')[0].nextHopProtocol);
      assert.equal(version, scheme === 'https' ? 'h2' : 'http/1.1');
    });

    test('a WebSocket carries text and bytes both ways, and closes cleanly', async () => {
      const heard = await page.evaluate(() => new Promise((resolve, reject) => {
        const socket = new WebSocket(location.origin.replace('http', 'ws') + '/live');
        socket.binaryType = 'arraybuffer';
        const heard = [];
        const sent = ['a text, ünïcode', new Uint8Array(200_000).fill(7).buffer];
        socket.onmessage = ({ data }) => {
          heard.push(typeof data === 'string' ? data : `${data.byteLength} bytes of ${new Uint8Array(data)[199_999]}`);
          if (sent.length > 0) socket.send(sent.shift());
          else socket.close(1000, 'done');
        };
        socket.onclose = ({ code, wasClean }) => resolve([...heard, `${code} ${wasClean}`]);
        socket.onerror = () => reject(new Error('the socket failed'));
        setTimeout(() => reject(new Error(`too late; heard ${heard}`)), 10_000);
      }));
      assert.deepEqual(heard, ['hello', 'a text, ünïcode', '200000 bytes of 7', '1000 true']);
    });

    test('an event arrives when it is sent, not when a buffer is full', async () => {
      const waited = await page.evaluate(() => new Promise((resolve, reject) => {
        const source = new EventSource('/events');
        let sent = 0;
        source.addEventListener('hello', () => { sent = performance.now(); fetch('/x?page=streams&row=1'); });
        source.addEventListener('arrived', ({ data }) => {
          if (JSON.parse(data).page !== 'streams') return;
          source.close();
          resolve(performance.now() - sent);
        });
        source.onerror = () => reject(new Error('the stream failed'));
        setTimeout(() => reject(new Error('no event within 10 s')), 10_000);
      }));
      assert.ok(waited < 2000, `${waited} ms`);
    });

    test('a stream stays open longer than a pause, and after many others', async () => {
      const count = await page.evaluate(async () => {
        const open = () => new Promise((resolve, reject) => {
          const socket = new WebSocket(location.origin.replace('http', 'ws') + '/live');
          socket.onmessage = () => resolve(socket);
          socket.onerror = () => reject(new Error('the socket failed'));
        });
        const sockets = await Promise.all(Array.from({ length: 30 }, open));
        await new Promise((resolve) => setTimeout(resolve, 2000));
        const echoes = sockets.map((socket) => new Promise((resolve) => {
          socket.onmessage = ({ data }) => resolve(data);
          socket.send('still there?');
          setTimeout(() => resolve('too late'), 5000);
        }));
        const heard = await Promise.all(echoes);
        sockets.forEach((socket) => socket.close());
        return heard.filter((text) => text === 'still there?').length;
      });
      assert.equal(count, 30);
    });
  });
}
