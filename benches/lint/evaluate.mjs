// What csp_evaluator (npm) says of the policies in conformance/policies.jsonl, and how long it takes for one policy.
//
//   node evaluate.mjs FOLDER/node_modules/csp_evaluator POLICIES.jsonl     findings: one line of JSON for each policy
//   node evaluate.mjs FOLDER/node_modules/csp_evaluator --time FILE        microseconds to parse and evaluate the policy in FILE
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

const [packageFolder, what, file] = process.argv.slice(2);
const load = createRequire(import.meta.url);
const { CspEvaluator } = load(resolve(packageFolder, 'dist/evaluator.js'));
const { CspParser } = load(resolve(packageFolder, 'dist/parser.js'));
const { Type, Severity } = load(resolve(packageFolder, 'dist/finding.js'));

const evaluate = (policy) => new CspEvaluator(new CspParser(policy).csp).evaluate();

// It throws on some policies: new URL() of a host that is none.
function findings(policy) {
  try {
    return evaluate(policy)
      .map(({ type, severity, directive, value }) => ({ check: Type[type], severity: Severity[severity], directive, value }));
  } catch (error) {
    return [{ check: 'THROWS', severity: 'HIGH', value: String(error) }];
  }
}

if (what === '--time') {
  const policy = readFileSync(file, 'utf8').trim();
  for (let i = 0; i < 200; i++) evaluate(policy);
  const rounds = 500;
  const times = [];
  for (let sample = 0; sample < 9; sample++) {
    const start = process.hrtime.bigint();
    for (let i = 0; i < rounds; i++) evaluate(policy);
    times.push(Number(process.hrtime.bigint() - start) / 1000 / rounds);
  }
  times.sort((a, b) => a - b);
  console.log(times[4].toFixed(1));
} else {
  for (const line of readFileSync(what, 'utf8').trim().split('\n')) {
    console.log(JSON.stringify(findings(JSON.parse(line).policy)));
  }
}
