import { parseArgs } from 'node:util';
import { GROUPS } from './cases/index.mjs';
import { UserError } from './user_error.mjs';

export const BROWSERS = ['chromium', 'firefox', 'webkit'];

/**
 * What was asked for on the command line.
 *
 * @typedef {object} Options
 * @property {string} seed
 * @property {number} cases
 * @property {string} out          path of the rows; `FILE.meta.json` stands beside `FILE.jsonl.gz`
 * @property {string[]} browsers
 * @property {number} repeat
 * @property {number} maxSeconds
 * @property {RegExp|null} match
 * @property {number} limit
 * @property {boolean} raw
 * @property {boolean} help
 */

/**
 * Reads the command line.
 *
 * @param {string[]} args
 * @returns {Options}
 * @throws {UserError} for an unknown option or a value out of range
 */
export function parseOptions(args) {
  const { values } = parse(args);
  return {
    seed: values.seed,
    cases: positiveInteger('cases', values.cases),
    out: outFile(values.out ?? `out/${values.seed}.jsonl.gz`),
    browsers: browserList(values.browsers),
    repeat: positiveInteger('repeat', values.repeat),
    maxSeconds: values['max-seconds'] === undefined ? Infinity : positiveInteger('max-seconds', values['max-seconds']),
    match: values.match === undefined ? null : regExp(values.match),
    limit: values.limit === undefined ? Infinity : positiveInteger('limit', values.limit),
    raw: values.raw,
    help: values.help,
  };
}

/** The text of `--help`. */
export function helpText() {
  const groups = Object.entries(GROUPS).map(([name, { about }]) => `                       ${name.padEnd(10)} ${about}`);
  return `Asks real browsers whether a Content-Security-Policy lets a connection through.

Usage: node record.mjs --seed NAME [options]

  --seed NAME          a group of cases, or any other text: a seed for random cases (default: core)
${groups.join('\n')}
  --cases N            random seeds: at least so many cases (default: 20000)
  --out FILE           where the rows go, *.jsonl.gz (default: out/NAME.jsonl.gz)
  --browsers LIST      of ${BROWSERS.join(',')} (default: all); one left out is null in every row
  --repeat N           how often each page runs; answers that differ become null (default: 2)
  --max-seconds N      stop early; cases not reached are null
  --match REGEX        only pages whose JSON matches
  --limit N            only the first N pages
  --raw                keep the raw events in raw-BROWSER.jsonl in the work folder
  -h, --help           this text

Needs Linux, root, and the loopback ports 80, 443, 8080 and 8443; one run at a time.
Environment: CHROMIUM, FIREFOX, MINIBROWSER name other binaries; RECORD_DIR another work folder.
`;
}

function parse(args) {
  try {
    return parseArgs({
      args,
      options: {
        seed: { type: 'string', default: 'core' },
        cases: { type: 'string', default: '20000' },
        out: { type: 'string' },
        browsers: { type: 'string', default: BROWSERS.join(',') },
        repeat: { type: 'string', default: '2' },
        'max-seconds': { type: 'string' },
        match: { type: 'string' },
        limit: { type: 'string' },
        raw: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    throw new UserError(`${error.message} (see --help)`);
  }
}

function positiveInteger(name, text) {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new UserError(`--${name} expects a whole number above 0, found '${text}'`);
}

function outFile(path) {
  if (path.endsWith('.jsonl.gz')) return path;
  throw new UserError(`--out expects a path that ends in .jsonl.gz, found '${path}'`);
}

function browserList(text) {
  const list = text.split(',').filter(Boolean);
  const unknown = list.find((name) => !BROWSERS.includes(name));
  if (list.length && !unknown) return list;
  throw new UserError(`--browsers expects some of ${BROWSERS.join(',')}, found '${unknown ?? text}'`);
}

function regExp(text) {
  try {
    return new RegExp(text);
  } catch (error) {
    throw new UserError(`--match: ${error.message}`);
  }
}
