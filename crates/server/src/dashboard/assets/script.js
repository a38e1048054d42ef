/* Liveness and keys. Everything else works without it; no text becomes markup here. */
'use strict';

const $ = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];

/** Asks for a page, as a document whose scripts do not run. */
function page(address, { method = 'GET', body = null } = {}) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, address);
    request.responseType = 'document';
    request.timeout = 15_000;
    request.onload = () => (request.response && request.status < 400 ? resolve(request.response) : reject(new Error(`${request.status}`)));
    request.onerror = request.ontimeout = () => reject(new Error('no answer'));
    if (body) request.setRequestHeader('content-type', 'application/x-www-form-urlencoded');
    request.send(body);
  });
}

/** Puts what is new in the place of what is old; what was unfolded, typed and focused stays so. */
function replace(old, fresh) {
  const next = document.importNode(fresh, true);
  if (old.isEqualNode(next)) return;
  const folds = all('details', next);
  all('details', old).forEach((fold, index) => { if (fold.open && folds[index]) folds[index].open = true; });
  const fields = all('input:not([type=hidden]), select, textarea', next);
  all('input:not([type=hidden]), select, textarea', old).forEach((field, index) => {
    const same = fields[index];
    if (!same || same.name !== field.name) return;
    if (field.type === 'checkbox') same.checked = field.checked; else same.value = field.value;
  });
  const ways = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]';
  const focused = old.contains(document.activeElement) ? all(ways, old).indexOf(document.activeElement) : -1;
  const href = focused >= 0 ? document.activeElement.getAttribute('href') : null;
  old.replaceWith(next);
  if (focused < 0) return;
  const again = (href && all('a[href]', next).find((link) => link.getAttribute('href') === href)) || all(ways, next)[focused];
  again?.focus({ preventScroll: true });
}

/* Liveness: when something happened, the page is asked for anew, and its live parts are replaced. */
const live = $('#live');
const changed = $('#draft-changed');
let due = null;
let later = null;
let last = 0;

function show(state, words) {
  live.dataset.state = state;
  $('span', live).textContent = words;
}

async function refresh() {
  due = null;
  if (!$('[data-live]')) return;
  last = performance.now();
  try {
    const fresh = await page(location.href);
    all('[data-live]').forEach((part) => {
      const same = fresh.getElementById(part.id);
      if (same) replace(part, same);
    });
    document.dispatchEvent(new Event('refreshed'));
  } catch {
    show('off', 'Not up to date');
  }
}

function soon() {
  const since = performance.now() - last;
  due ??= setTimeout(refresh, document.hidden ? 5000 : Math.max(250, 1000 - since));
}

if (live && $('[data-live]')) {
  live.hidden = false;
  const events = new EventSource('/events');
  events.onopen = () => { if (last) soon(); show('on', 'Live'); };
  events.onerror = () => show('off', 'Not connected');
  if (changed) events.addEventListener('draft', compare);
  ['reports', 'rollout', 'draft', 'missed'].forEach((name) => events.addEventListener(name, () => {
    soon();
    // What follows from it, such as a draft that somebody else writes.
    clearTimeout(later);
    later = setTimeout(soon, 3000);
  }));
  addEventListener('pagehide', () => events.close());
  addEventListener('pageshow', (event) => { if (event.persisted) location.reload(); });
  setInterval(soon, 30_000);
}

/* Somebody else changed the draft that stands in the editor. */

function compare(event) {
  const { site, route, edit, who } = JSON.parse(event.data);
  if (changed.dataset.at !== `${site} ${route}` || changed.dataset.edit === `${edit ?? ''}`) return;
  $('span', changed).textContent = `${who} ${edit === null ? 'dropped' : 'changed'} the draft. What you type can be saved only over it.`;
  changed.hidden = false;
}

/* Previews: of what is there when the page is, and while typing. */
all('form[data-preview]').forEach((form) => {
  let waiting = null;
  let asked = 0;
  const show = async (answer) => {
    const mine = ++asked;
    try {
      const fresh = await answer;
      const [old, next] = [document, fresh].map((root) => root.getElementById(form.dataset.preview));
      if (mine === asked && old && next) replace(old, next);
    } catch { /* The form can still be sent. */ }
  };
  const ask = () => {
    const fields = new URLSearchParams(new FormData(form)).toString();
    const to = form.dataset.previewTo;
    if (!to && !form.checkValidity()) return;
    show(to ? page(to, { method: 'POST', body: fields }) : page(`${form.getAttribute('action')}?${fields}`));
  };
  const { load } = document.getElementById(form.dataset.preview)?.dataset ?? {};
  if (load) show(page(load));
  form.addEventListener('input', (event) => {
    if (event.target.name === 'why') return;
    clearTimeout(waiting);
    waiting = setTimeout(ask, 200);
  });
});

all('[data-scriptless]').forEach((button) => { button.hidden = true; });
document.addEventListener('change', (event) => {
  if (event.target.matches('[data-submit]')) event.target.form.requestSubmit();
});

/* Keys. Those of one letter can be switched off. */
const dialog = $('#keys');
const kept = (() => { try { return localStorage.getItem('connect-src-keys'); } catch { return null; } })();
const toggle = $('#keys-on');
const button = $('#keys-button');
let went = -Infinity;

if (toggle) {
  toggle.checked = kept !== 'off';
  toggle.addEventListener('change', () => { try { localStorage.setItem('connect-src-keys', toggle.checked ? 'on' : 'off'); } catch { /* For this page alone, then. */ } });
  button.hidden = false;
  button.addEventListener('click', () => dialog.showModal());
}

function move(by) {
  const rows = all('[data-row]');
  const here = rows.findIndex((row) => row.hasAttribute('data-here') || row.contains(document.activeElement));
  const next = rows[Math.max(0, Math.min(rows.length - 1, here < 0 ? 0 : here + by))];
  rows.forEach((row) => row.removeAttribute('data-here'));
  if (!next) return;
  next.setAttribute('data-here', '');
  ($('a, button', next))?.focus();
}

function pressed(key) {
  if (performance.now() - went < 1500) {
    went = -Infinity;
    const link = $(`[data-go="${CSS.escape(key)}"]`);
    if (link) { link.click(); return true; }
  }
  if (key === 'g') { went = performance.now(); return true; }
  if (key === 'j' || key === 'k') { move(key === 'j' ? 1 : -1); return true; }
  if (key === '/') { const field = $('[data-search]'); field?.focus(); return !!field; }
  if (key === '?') { dialog.showModal(); return true; }
  const target = $(`[data-key="${CSS.escape(key)}"]`);
  target?.click();
  return !!target;
}

addEventListener('keydown', (event) => {
  const isTyping = event.target instanceof Element && event.target.closest('input, textarea, select, dialog');
  if (isTyping || event.ctrlKey || event.metaKey || event.altKey || !toggle?.checked) return;
  if (pressed(event.key)) event.preventDefault();
});
