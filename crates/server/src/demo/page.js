// Makes every connection of the table once, and shows what became of it.
'use strict';

const { api, live, intruder } = document.body.dataset;
const here = location.origin;
const asSocket = (origin) => origin.replace(/^http/, 'ws');

/** Tells the arrivals of this page from those of others. A query is no part of what is reported on. */
const page = Math.random().toString(36).slice(2);

/** How long a connection may take to be answered or to violate a policy. */
const PATIENCE = 3000;

const CONNECTIONS = [
  ['EventSource', here, '/events'],
  ['fetch', here, '/api/me'],
  ['XMLHttpRequest', here, '/api/cart'],
  ['WebSocket', asSocket(here), '/live'],
  ['sendBeacon', here, '/beacon'],
  ['ping', here, '/ping'],
  ['fetch', api, '/v1/items'],
  ['XMLHttpRequest', api, '/v1/search'],
  ['EventSource', api, '/v1/events'],
  ['sendBeacon', api, '/v1/log'],
  ['WebSocket', live, '/live'],
  ['fetch', intruder, '/fetch'],
  ['XMLHttpRequest', intruder, '/xhr'],
  ['WebSocket', asSocket(intruder), '/live'],
  ['EventSource', intruder, '/events'],
  ['sendBeacon', intruder, '/beacon'],
  ['ping', intruder, '/ping'],
];

/** Starts a connection. `reached` or `failed` is called where the browser tells what became of it. */
const START = {
  fetch(url, reached, failed) {
    fetch(url).then(reached, failed);
  },
  XMLHttpRequest(url, reached, failed) {
    const request = new XMLHttpRequest();
    request.open('GET', url);
    request.onload = reached;
    request.onerror = failed;
    request.send();
  },
  WebSocket(url, reached, failed) {
    const socket = new WebSocket(url);
    socket.onmessage = () => { reached(); socket.close(); };
    socket.onerror = failed;
  },
  EventSource(url, reached, failed) {
    const source = new EventSource(url);
    source.onopen = reached;
    source.onerror = failed;
    source.addEventListener('arrived', (event) => arrived(JSON.parse(event.data)));
    source.addEventListener('reload', () => location.reload());
    if (!url.startsWith(here)) source.addEventListener('hello', () => source.close());
  },
  sendBeacon(url) {
    navigator.sendBeacon(url, 'x');
  },
  ping(url) {
    const link = document.createElement('a');
    link.href = '#pinged';
    link.ping = url;
    document.body.append(link);
    link.click();
    link.remove();
  },
};

/** The rows by their URL without the query. */
const rows = new Map();

function addRow([how, origin, path]) {
  const row = document.getElementById('connections').insertRow();
  row.insertCell().textContent = how;
  row.insertCell().textContent = origin + path;
  const cell = row.insertCell();
  cell.textContent = '…';
  rows.set(origin + path, { how, url: origin + path, cell, result: null, isReported: false });
}

function show(row, result = row.result) {
  row.result = result;
  row.cell.dataset.result = result ?? 'pending';
  row.cell.textContent = { connected: 'connected', blocked: 'blocked', failed: 'failed', unsent: 'not sent' }[result] ?? '…';
  const notes = { unsent: 'this browser has it switched off', failed: 'by no policy', connected: row.isReported ? 'and reported' : '' };
  const note = document.createElement('small');
  note.textContent = notes[result] ? ' · ' + notes[result] : '';
  row.cell.append(note);
  summarize();
}

function summarize() {
  const all = [...rows.values()];
  const count = (result) => all.filter((row) => row.result === result).length;
  const reported = all.filter((row) => row.isReported && row.result === 'connected').length;
  document.getElementById('summary').textContent =
    `${count('connected')} connected, ${reported} of them reported; ${count('blocked')} blocked.`;
  document.body.dataset.done = all.every((row) => row.result) ? 'yes' : 'no';
}

/** What the browser says first holds, but for a block, which it may say after the failure. */
function settle(row, result) {
  if (row.result === null || (result === 'blocked' && row.result !== 'connected')) show(row, result);
}

/** The server tells of beacons and pings, which have no answer that the page could see. */
function arrived({ page: of, row }) {
  if (of === page) settle([...rows.values()][row], 'connected');
}

document.addEventListener('securitypolicyviolation', (event) => {
  const row = rows.get(event.blockedURI.split('?')[0]);
  if (!row) return;
  if (event.disposition === 'enforce') return settle(row, 'blocked');
  row.isReported = true;
  if (row.result) show(row);
});

function start(row, index) {
  const reached = () => settle(row, 'connected');
  // A violation is told after the failure that it causes.
  const failed = () => setTimeout(() => settle(row, 'failed'), 500);
  try {
    START[row.how](`${row.url}?page=${page}&row=${index}`, reached, failed);
  } catch {
    failed();
  }
  setTimeout(() => settle(row, row.how === 'ping' ? 'unsent' : 'failed'), PATIENCE);
}

/** The first row tells of the arrivals of the others, so it goes first. */
async function startAll() {
  const [first, ...others] = rows.values();
  start(first, 0);
  for (let waited = 0; first.result === null && waited < PATIENCE; waited += 50) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  others.forEach((row, index) => start(row, index + 1));
}

CONNECTIONS.forEach(addRow);
startAll();
