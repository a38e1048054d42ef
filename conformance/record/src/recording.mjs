/** A whole recording: server, browsers, rows. */
import fs from 'node:fs';
import path from 'node:path';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import zlib from 'node:zlib';
import { resolveAbsences } from './arrivals.mjs';
import { ADDRESS_OF, Launcher, versionOf } from './browsers.mjs';
import { BrowserRun } from './browser_run.mjs';
import { ensureCertificates } from './certificates.mjs';
import { pageBody, policyHeaders, workerScript } from './document.mjs';
import { addTestHosts } from './environment.mjs';
import { mergeRows } from './rows.mjs';
import { startServer } from './server.mjs';

const PROGRESS_EVERY = 15_000;

export class Recording {
  #launcher;
  #server;
  #removeTestHosts;
  #rawFiles = {};

  /**
   * @param {import('./options.mjs').Options} options
   * @param {import('./cases/page.mjs').Page[]} pages
   * @param {import('./schedule.mjs').Job[]} jobs
   * @param {string} workDir  profiles, certificates, logs
   */
  constructor(options, pages, jobs, workDir) {
    Object.assign(this, { options, pages, jobs, workDir });
    const deadline = Date.now() + options.maxSeconds * 1000;
    this.runs = Object.fromEntries(options.browsers.map((browser) => [browser, new BrowserRun(browser, pages, jobs, deadline)]));
  }

  /** Runs all browsers side by side. @param {(line: string) => void} showProgress */
  async run(showProgress) {
    const certificates = ensureCertificates(path.join(this.workDir, 'certificates'));
    this.#server = await startServer(certificates, Object.values(ADDRESS_OF), this.#handler());
    if (this.options.browsers.includes('webkit')) this.#removeTestHosts = addTestHosts();
    const withHints = this.pages.some(({ evidence }) => evidence === 'arrival');
    this.#launcher = new Launcher({ workDir: this.workDir, authority: certificates.authority, withHints });
    const runs = Object.values(this.runs);
    const timer = setInterval(() => showProgress(runs.map((run) => run.progress).join('  ')), PROGRESS_EVERY);
    try {
      await Promise.all(runs.map((run) => run.drive(this.#launcher).catch((error) => { run.error = String(error); })));
    } finally {
      clearInterval(timer);
      await this.stop();
    }
  }

  /** Ends the browsers, closes the ports, takes the hosts out again. */
  async stop() {
    Object.values(this.runs).forEach((run) => run.cancel());
    await this.#launcher?.stopAll();
    this.#server?.close();
    this.#removeTestHosts?.();
    this.#removeTestHosts = undefined;
  }

  /** Writes `FILE.jsonl.gz` and `FILE.meta.json`. @returns {Promise<object>} what went to the latter */
  async write(out) {
    const results = {};
    for (const [browser, run] of Object.entries(this.runs)) {
      resolveAbsences(this.pages, this.jobs, run.results);
      results[browser] = run.results;
    }
    const merged = mergeRows({ seed: this.options.seed, pages: this.pages, jobs: this.jobs, results });
    fs.mkdirSync(path.dirname(path.resolve(out)), { recursive: true });
    const rows = await writeJsonLines(out, merged.rows);
    const meta = this.#meta(rows, merged);
    fs.writeFileSync(out.replace(/\.jsonl\.gz$/, '.meta.json'), JSON.stringify(meta, null, 1) + '\n');
    return meta;
  }

  #handler() {
    const { runs } = this;
    return {
      page: (visit) => this.#serve(visit, pageBody),
      worker: (visit) => this.#serve(visit, workerScript),
      report: ({ browser, job }, report) => {
        if (this.options.raw) this.#keepRaw(browser, job, report);
        runs[browser]?.accept(job, report);
      },
      hint: ({ browser, job }, hint) => runs[browser]?.noteHint(job, hint),
      arrived: ({ browser, job }) => runs[browser]?.acceptArrivals(job),
      violationReport: ({ browser, job }) => this.#countViolationReport(browser, job),
      connection: (address, port, socket) => this.#noteConnection(address, port, socket),
      nextUrl: (browser) => runs[browser]?.nextUrl() ?? null,
    };
  }

  #serve({ browser, job: index }, body) {
    const visited = this.runs[browser]?.visit(index);
    if (!visited) return null;
    const { page, job } = visited;
    return { headers: policyHeaders(page, job), body: body(page, job, `browser=${browser}&job=${index}`) };
  }

  /** A connection to the port that only preconnects of the shown page use is one of them. */
  #noteConnection(address, port, socket) {
    const browser = Object.keys(ADDRESS_OF).find((name) => ADDRESS_OF[name] === address);
    this.runs[browser]?.noteConnection(port, socket);
  }

  #countViolationReport(browser, job) {
    const run = this.runs[browser];
    const page = this.pages[this.jobs[job]?.page];
    if (!run || !page) return;
    const key = [page.mode, page.headerPolicy ?? '', page.policies[0]].join(' | ');
    run.violationReports.set(key, (run.violationReports.get(key) ?? 0) + 1);
  }

  #keepRaw(browser, job, report) {
    const file = this.#rawFiles[browser] ??= fs.openSync(path.join(this.workDir, `raw-${browser}.jsonl`), 'w');
    fs.writeSync(file, JSON.stringify({ job: this.jobs[job], page: this.pages[this.jobs[job]?.page], report }) + '\n');
  }

  #meta(rows, { counts, flips }) {
    const { seed, cases, repeat } = this.options;
    return {
      seed, cases, rows, pages: this.pages.length, jobs: this.jobs.length, repeat,
      date: new Date().toISOString(), node: process.version,
      browsers: Object.fromEntries(Object.entries(this.runs).map(([browser, run]) => [browser, browserMeta(run, counts[browser])])),
      flips,
    };
  }
}

function browserMeta(run, counts) {
  const { rates, ...stats } = run.stats;
  return {
    version: versionOf(run.browser), ...counts, ...stats,
    decisionsPerSecond: { manyPolicies: perSecond(rates.manyPolicies), fewPolicies: perSecond(rates.fewPolicies) },
    failedPages: [...run.failedPages], violationReports: Object.fromEntries(run.violationReports),
    putAside: run.tally, error: run.error,
  };
}

function perSecond({ decisions, seconds }) {
  return seconds ? Math.round(decisions / seconds) : null;
}

async function writeJsonLines(file, rows) {
  const gzip = zlib.createGzip({ level: 9 });
  const target = gzip.pipe(fs.createWriteStream(file));
  let count = 0;
  for (const row of rows) {
    count++;
    if (!gzip.write(JSON.stringify(row) + '\n')) await once(gzip, 'drain');
  }
  gzip.end();
  await finished(target);
  return count;
}
