// Runs in the document under test, or in its worker. The server fills in JOB.
// It makes one request at a time, collects every securitypolicyviolation event that arrives meanwhile, and hands the raw
// events back. It judges nothing.
const JOB = __JOB__;
const IN_WORKER = typeof document === 'undefined';
const TAG = /k(\d+)\.id(?![\w.-])/;

// Milliseconds.
const AFTER_LOAD = 8;
const WITHOUT_EVENT = 30;
const SETTLE_AFTER_CONTROL = 120;
const SETTLE_AFTER_START = 250;
const GIVE_UP = 400;
const GIVE_UP_REDIRECTED = 700;
const WORKER_ANSWER = 3000;

const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** The request that is under way, with the events so far: tags by `disposition|effectiveDirective|blockedURI`. */
let current = null;
let strayEvents = 0;

(IN_WORKER ? self : document).addEventListener('securitypolicyviolation', (event) => {
  if (!current) { strayEvents++; return; }
  const match = TAG.exec(event.originalPolicy);
  const tag = match ? Number(match[1]) : -1;
  const key = `${event.disposition}|${event.effectiveDirective}|${event.blockedURI}`;
  (current.fired[key] ||= []).push(tag);
  current.events++;
  if (event.disposition === 'enforce') return;
  if (tag === JOB.tags.lastConnect) current.lastConnect++;
  if (tag === JOB.tags.lastDefault) current.lastDefault++;
}, true);

/** How each API is started; `done` takes the outcome, and what is returned ends the request. */
const START = {
  fetch(url, done) {
    const controller = new AbortController();
    fetch(url, { mode: 'no-cors', signal: controller.signal }).then(() => done('ok'), () => done('error'));
    return () => controller.abort();
  },
  xhr(url, done) {
    const xhr = new XMLHttpRequest();
    xhr.open('GET', url);
    xhr.onload = () => done('ok');
    xhr.onerror = () => done('error');
    xhr.send();
    return () => { xhr.onerror = null; xhr.abort(); };
  },
  eventsource(url, done) {
    const source = new EventSource(url);
    source.onerror = () => done('error');
    source.onopen = () => done('ok');
    return () => source.close();
  },
  websocket(url, done) {
    const socket = new WebSocket(url);
    socket.onerror = () => done('error');
    socket.onopen = () => done('ok');
    return () => { socket.onerror = null; socket.close(); };
  },
  beacon(url, done) {
    done(navigator.sendBeacon(url, 'x') ? 'queued' : 'refused');
  },
  ping(url, done) {
    const link = document.createElement('a');
    link.href = '#fragment';
    link.setAttribute('ping', url);
    link.textContent = 'x';
    document.body.appendChild(link);
    link.click();
    done('queued');
    return () => link.remove();
  },
  import_json(url, done) {
    import(url, { with: { type: 'json' } }).then(() => done('ok'), () => done('error'));
  },
  fetchlater(url, done) {
    const controller = new AbortController();
    fetchLater(url, { activateAfter: 0, signal: controller.signal });
    done('queued');
    return () => controller.abort();
  },
  webtransport(url, done) {
    const transport = new WebTransport(url);
    transport.ready.then(() => done('ok'), () => done('error'));
    transport.closed.then(() => {}, () => {});
    return () => { try { transport.close(); } catch { /* not open */ } };
  },
  prefetch(url, done) {
    const link = document.createElement('link');
    link.rel = 'prefetch';
    link.href = url;
    link.onload = () => done('ok');
    link.onerror = () => done('error');
    document.head.appendChild(link);
    return () => link.remove();
  },
};
const WITHOUT_OUTCOME = ['beacon', 'ping', 'fetchlater'];

/** Makes one request and waits until no further event is to be expected. Started synchronously. */
async function make(request) {
  const seen = current = { fired: {}, events: 0, lastConnect: 0, lastDefault: 0 };
  if (request.api === 'worker_fetch') return inWorker(request, seen);
  const blob = request.url.startsWith('blob:') ? URL.createObjectURL(new Blob(['{}'], { type: 'application/json' })) : null;
  const progress = { started: performance.now(), outcome: null, settled: 0, thrown: null, stop: null };
  const done = (outcome) => {
    if (progress.outcome !== null) return;
    progress.outcome = outcome;
    progress.settled = performance.now();
  };
  try {
    progress.stop = START[request.api](blob ?? request.url, done);
  } catch (error) {
    progress.thrown = error.name;
    done('throw');
  }
  await waitForEvents(request, seen, progress);
  await waitForQuiet(request, seen);
  try { progress.stop?.(); } catch { /* already over */ }
  if (blob) URL.revokeObjectURL(blob);
  current = null;
  return { fired: seen.fired, outcome: progress.outcome, thrown: progress.thrown };
}

/** Waits for the last control's event, or for the request to end without it. */
async function waitForEvents({ api, redirectTo }, seen, progress) {
  const needed = redirectTo ? 2 : 1;
  let controlSeen = 0;
  for (;;) {
    const now = performance.now();
    const age = now - progress.started;
    const fired = api === 'prefetch' ? Math.max(seen.lastConnect, seen.lastDefault) : seen.lastConnect;
    const isSettled = progress.outcome !== null;
    if (fired >= needed) {
      controlSeen ||= now;
      if (isSettled || age > SETTLE_AFTER_START) return;
      if (!redirectTo && !JOB.enforced && now - controlSeen > SETTLE_AFTER_CONTROL) return;
    }
    if (isSettled && now - progress.settled > WITHOUT_EVENT) return;
    if (age > (redirectTo ? GIVE_UP_REDIRECTED : GIVE_UP)) return;
    await sleep(age < 12 ? 0 : 3);
  }
}

/** Grace, until no further event came during a few milliseconds: some browsers send two rounds of events. */
async function waitForQuiet({ api }, seen) {
  await sleep(JOB.enforced || WITHOUT_OUTCOME.includes(api) ? 10 : 3);
  for (let i = 0; i < 10; i++) {
    const before = seen.events;
    await sleep(3);
    if (seen.events === before) return;
  }
}

let worker = null;

function startWorker() {
  const started = { handle: new Worker('/worker.js?' + JOB.query), answer: null };
  const answer = (value) => {
    const resolve = started.answer;
    started.answer = null;
    resolve?.(value);
  };
  started.handle.onmessage = (event) => answer(event.data);
  started.handle.onerror = () => answer({ fired: {}, outcome: 'worker-error' });
  return started;
}

/** Lets the worker make the request; the page's own events during that time count too. */
async function inWorker({ url, redirectTo }, seen) {
  worker ||= startWorker();
  const result = await new Promise((resolve) => {
    worker.answer = resolve;
    worker.handle.postMessage({ api: 'fetch', url, redirectTo });
    setTimeout(() => resolve(null), WORKER_ANSWER);
  });
  current = null;
  if (result === null) {
    worker.answer = null;
    return { fired: seen.fired, outcome: 'worker-timeout' };
  }
  for (const key in result.fired) seen.fired[key] = (seen.fired[key] || []).concat(result.fired[key]);
  return { fired: seen.fired, outcome: result.outcome, thrown: result.thrown };
}

/** What the placement of the policy's meta element needs before the first request. */
function prepareMeta() {
  const element = document.querySelector('meta[http-equiv]');
  if (JOB.metaAt === 'removed') element.remove();
  if (JOB.metaAt === 'emptied') element.content = '';
  if (JOB.metaAt === 'inserted') {
    const inserted = document.createElement('meta');
    inserted.httpEquiv = 'Content-Security-Policy';
    inserted.content = JOB.metaContent;
    document.head.appendChild(inserted);
  }
}

async function makeAll() {
  const started = performance.now();
  if (JOB.metaAt !== 'after-request') {
    prepareMeta();
    await sleep(AFTER_LOAD);
  }
  const results = [];
  for (const request of JOB.requests) {
    try {
      results.push(await make(request));
    } catch (error) {
      results.push({ fired: {}, outcome: 'recorder: ' + error });
      current = null;
    }
  }
  handBack({ milliseconds: performance.now() - started, strayEvents, userAgent: navigator.userAgent, results });
}

function handBack(report) {
  if (JOB.framed) parent.postMessage(report, '*');
  else submitReport(JOB.query, report);
}

if (IN_WORKER) {
  self.onmessage = async (event) => self.postMessage(await make(event.data));
} else if (JOB.metaAt === 'after-request') {
  makeAll();
} else if (document.readyState === 'complete') {
  setTimeout(makeAll, 0);
} else {
  addEventListener('load', () => setTimeout(makeAll, 0));
}
