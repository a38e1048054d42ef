/** WebSocket and server-sent events of the application, through the proxy. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { BROWSER_NAMES, launch } from '../lib/browsers.mjs';
import { visit } from '../lib/demo_page.mjs';
import { Server, startDemoApplication } from '../lib/server.mjs';

for (const name of BROWSER_NAMES) {
  describe(`streams in ${name}`, { timeout: 120_000 }, () => {
    let application, server, browser, page;

    before(async () => {
      application = await startDemoApplication();
      server = await Server.start(application.url);
      browser = await launch(name);
      page = await browser.newPage();
      await visit(page, server.origin);
    });
    after(async () => {
      await browser?.close();
      await server?.stop();
      await application?.stop();
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
