/** One browser's way through all jobs: where it is, what it answered, and when it has to be started again. */
import { judge, Tally } from './judge.mjs';
import { judgeArrivals } from './arrivals.mjs';
import { sleep } from './processes.mjs';

/** Jobs before a browser is started afresh, so that its memory stays bounded. */
const JOBS_PER_START = 500;

/** Milliseconds until a preconnect's connection is closed: time for a handshake, and well before the page is over. */
const PRECONNECT_LIFE = 500;

/** How often a page may stall before it is given up. */
const ATTEMPTS = 2;

export class BrowserRun {
  /** Answers by job; null where the page did not report. */
  results;
  tally = new Tally();
  /** Resource hints that reached the server, of the page that is shown. */
  arrivals = new Set();
  failedPages = new Set();
  violationReports = new Map();
  stats = { restarts: 0, jobsDone: 0, badReports: 0, userAgent: '', pageSeconds: 0, wallSeconds: 0, rates: newRates() };
  error = null;

  #position = 0;
  #attempts = 0;
  #lastMove = Date.now();

  /**
   * @param {string} browser
   * @param {import('./cases/page.mjs').Page[]} pages
   * @param {import('./schedule.mjs').Job[]} jobs
   * @param {number} deadline  milliseconds since the epoch
   */
  constructor(browser, pages, jobs, deadline) {
    Object.assign(this, { browser, pages, jobs, deadline });
    this.results = new Array(jobs.length).fill(null);
  }

  get isOver() {
    return this.#position >= this.jobs.length || Date.now() > this.deadline;
  }

  /** Lets `drive` end at its next look. */
  cancel() {
    this.deadline = 0;
  }

  /** `firefox 12/40`, for the progress line. */
  get progress() {
    const trouble = this.failedPages.size ? `, ${this.failedPages.size} failed` : '';
    return `${this.browser} ${this.#position}/${this.jobs.length}${trouble}`;
  }

  /** The page that the browser goes to next, or null at the end. */
  nextUrl() {
    if (this.isOver) return null;
    return `${this.#pageAt(this.#position).origin}/page?browser=${this.browser}&job=${this.#position}`;
  }

  /** The page and the job of a visit; notes that the browser is alive. */
  visit(job) {
    this.#lastMove = Date.now();
    if (!this.jobs[job]) return null;
    this.arrivals.clear();
    return { page: this.#pageAt(job), job: this.jobs[job] };
  }

  /** A resource hint reached the server; one of an earlier page that comes late is dropped. */
  noteHint(job, hint) {
    if (job === this.#position) this.arrivals.add(hint);
  }

  /**
   * A new connection of this browser. To the port of the shown page's preconnect nothing else connects. It is closed while
   * the page still stands, so that the browser knows by the next page that it needs a new one.
   */
  noteConnection(port, socket) {
    const page = this.isOver ? null : this.#pageAt(this.#position);
    const hint = page?.evidence === 'arrival' ? page.requests.findIndex((request) => preconnectPort(request) === port) : -1;
    if (hint < 0) return;
    this.arrivals.add(hint);
    setTimeout(() => socket.destroy(), PRECONNECT_LIFE);
  }

  /** A page's report; one that comes late, after the page was given up, is dropped. */
  accept(job, report) {
    if (job !== this.#position) return;
    const page = this.#pageAt(job);
    if (report?.results) {
      this.results[job] = judge(page, this.jobs[job], report, this.tally);
      this.stats.userAgent = report.userAgent;
      this.#count(page, report.milliseconds);
    } else {
      this.stats.badReports++;
    }
    this.#moveOn();
  }

  /** The end of a page of resource hints. */
  acceptArrivals(job) {
    if (job !== this.#position) return;
    this.results[job] = judgeArrivals(this.#pageAt(job), this.arrivals);
    this.stats.jobsDone++;
    this.#moveOn();
  }

  /** Starts the browser, and again as often as needed, until all jobs are done or the time is over. */
  async drive(launcher) {
    const started = Date.now();
    while (!this.isOver) {
      await this.#driveOnce(launcher);
      if (!this.isOver) this.stats.restarts++;
    }
    this.stats.wallSeconds = (Date.now() - started) / 1000;
  }

  async #driveOnce(launcher) {
    const from = this.#position;
    this.#lastMove = Date.now();
    const handle = await launcher.launch(this.browser, `http://app.test/start?browser=${this.browser}`);
    while (!this.isOver && !handle.hasEnded() && !this.#isStalled() && this.#position - from <= JOBS_PER_START) await sleep(200);
    await handle.stop();
    if (!this.isOver && this.#position - from <= JOBS_PER_START) this.#retryOrGiveUp();
  }

  #isStalled() {
    const page = this.#pageAt(this.#position);
    const base = page.policies.length === 1 ? 7000 : 15000;
    return Date.now() - this.#lastMove > base + page.requests.length * 450;
  }

  /** A page that was given up in one pass is not tried in the next. */
  #retryOrGiveUp() {
    if (++this.#attempts < ATTEMPTS) return;
    this.failedPages.add(this.jobs[this.#position].page);
    this.#moveOn();
  }

  #moveOn() {
    this.#lastMove = Date.now();
    this.#attempts = 0;
    do this.#position++; while (this.failedPages.has(this.jobs[this.#position]?.page));
  }

  #count(page, milliseconds) {
    const decisions = page.policies.length * page.requests.length;
    const rate = this.stats.rates[page.policies.length > 20 ? 'manyPolicies' : 'fewPolicies'];
    rate.decisions += decisions;
    rate.seconds += milliseconds / 1000;
    this.stats.jobsDone++;
    this.stats.pageSeconds += milliseconds / 1000;
  }

  #pageAt(job) {
    return this.pages[this.jobs[Math.min(job, this.jobs.length - 1)].page];
  }
}

function preconnectPort({ api, url }) {
  return api === 'preconnect' ? Number(new URL(url).port) : null;
}

function newRates() {
  return { manyPolicies: { decisions: 0, seconds: 0 }, fewPolicies: { decisions: 0, seconds: 0 } };
}
