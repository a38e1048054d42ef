import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GROUPS } from '../src/cases/index.mjs';
import { helpText, parseOptions } from '../src/options.mjs';
import { UserError } from '../src/user_error.mjs';

test('everything has a default', () => {
  const options = parseOptions([]);
  assert.equal(options.seed, 'core');
  assert.equal(options.out, 'out/core.jsonl.gz');
  assert.deepEqual(options.browsers, ['chromium', 'firefox', 'webkit']);
  assert.equal(options.repeat, 2);
});

test('wrong options are refused with what was expected', () => {
  const wrong = [
    [['--browsers', 'safari'], /expects some of .* found 'safari'/], [['--cases', '0'], /--cases expects a whole number/],
    [['--match', '('], /--match: /], [['--nonsense'], /--help/], [['--out', 'x.json'], /\.jsonl\.gz/],
  ];
  for (const [args, message] of wrong) {
    assert.throws(() => parseOptions(args), (error) => error instanceof UserError && message.test(error.message));
  }
});

test('the help names every group', () => {
  for (const name of Object.keys(GROUPS)) assert.match(helpText(), new RegExp(`\\b${name}\\b`));
});
