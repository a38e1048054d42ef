#!/usr/bin/env node
/** The command line of the recorder; `--help` says what it takes. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { countCases, pagesFor } from './src/cases/index.mjs';
import { checkEnvironment } from './src/environment.mjs';
import { helpText, parseOptions } from './src/options.mjs';
import { Recording } from './src/recording.mjs';
import { schedule } from './src/schedule.mjs';
import { UserError } from './src/user_error.mjs';

async function main(args) {
  const options = parseOptions(args);
  if (options.help) {
    console.log(helpText());
    return;
  }
  checkEnvironment(options.browsers);
  const pages = selectPages(options);
  const jobs = schedule(options.seed, pages, options.repeat);
  const workDir = process.env.RECORD_DIR ?? path.join(os.tmpdir(), 'connect-src-record');
  fs.mkdirSync(workDir, { recursive: true });

  const recording = new Recording(options, pages, jobs, workDir);
  stopOnSignal(recording);
  console.error(`${pages.length} pages, ${countCases(pages)} cases, ${jobs.length} page runs a browser`);
  await recording.run((line) => console.error(`${new Date().toISOString().slice(11, 19)}  ${line}`));
  printSummary(options.out, await recording.write(options.out));
}

function selectPages({ seed, cases, match, limit }) {
  const pages = pagesFor(seed, cases).filter((page) => !match || match.test(JSON.stringify(page))).slice(0, limit);
  if (pages.length === 0) throw new UserError('no page matches: try a wider --match');
  return pages;
}

function stopOnSignal(recording) {
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, async () => {
      await recording.stop();
      process.exit(1);
    });
  }
}

function printSummary(out, { rows, browsers }) {
  console.log(`${out}: ${rows} rows`);
  for (const [browser, { version, allowed, blocked, null: none, flips, failedPages, wallSeconds, error }] of Object.entries(browsers)) {
    console.log(`${browser} (${version}): ${allowed} allowed, ${blocked} blocked, ${none} null, ${flips} flips, `
      + `${failedPages.length} pages failed, ${Math.round(wallSeconds)} s${error ? `, ${error}` : ''}`);
  }
}

main(process.argv.slice(2)).then(() => process.exit(0), (error) => {
  console.error(error instanceof UserError ? `record: ${error.message}` : error);
  process.exit(2);
});
