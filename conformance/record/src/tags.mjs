/**
 * Tells the many report-only policies of a page apart, and controls the answers.
 *
 * Every report-only policy gets a `font-src http://kN.id` of its own: it has no effect on connections, and the violation
 * event's `originalPolicy` repeats it. Unlike a report-uri it causes no traffic. Around the policies under test stand
 * controls: four that every connection must violate, first and last, and one that none can.
 */

/**
 * The tags of a page with `count` report-only policies under test.
 *
 * @returns {{firstConnect: number, firstDefault: number, firstPolicy: number, never: number, lastDefault: number, lastConnect: number}}
 */
export function tagsFor(count) {
  return {
    firstConnect: 0, firstDefault: 1, firstPolicy: 2, never: count + 2, lastDefault: count + 3, lastConnect: count + 4,
  };
}

/** The policy with its tag. */
export function tagged(policy, tag) {
  return `${policy}; font-src http://k${tag}.id`;
}

/**
 * The values of a page's report-only headers: the policies under test, in order, between the controls.
 *
 * @param {string[]} policies
 */
export function reportOnlyPolicies(policies) {
  const tags = tagsFor(policies.length);
  return [
    tagged("connect-src 'none'", tags.firstConnect),
    tagged("default-src 'none'", tags.firstDefault),
    ...policies.map((policy, i) => tagged(policy, tags.firstPolicy + i)),
    tagged('img-src http:', tags.never),
    tagged("default-src 'none'", tags.lastDefault),
    tagged("connect-src 'none'", tags.lastConnect),
  ];
}
