/** The groups of cases by name. Any other seed draws random pages. */
import { bytesPages } from './bytes.mjs';
import { corePages } from './core.mjs';
import { metaPages } from './meta.mjs';
import { opaquePages } from './opaque.mjs';
import { prefetchPages } from './prefetch.mjs';
import { randomPages } from './random.mjs';
import { selfportsPages } from './selfports.mjs';

/** Name of each group, what it is about, and how its pages are made. */
export const GROUPS = {
  core: { about: 'every source form, structures, APIs, redirects', pages: corePages },
  bytes: { about: 'control characters, bytes past ASCII, very long sources, digits in names', pages: bytesPages },
  meta: { about: 'policies delivered by <meta>, alone and beside a header', pages: metaPages },
  opaque: { about: 'sandboxed pages and frames that inherit their policy', pages: opaquePages },
  prefetch: { about: 'resource hints, judged by what reaches the server', pages: prefetchPages },
  selfports: { about: "'self' and hosts against all pairs of scheme and port", pages: selfportsPages },
};

/**
 * The pages of a named group, or of a random seed with at least `cases` cases.
 *
 * @param {string} seed
 * @param {number} cases
 * @returns {import('./page.mjs').Page[]}
 */
export function pagesFor(seed, cases) {
  return Object.hasOwn(GROUPS, seed) ? GROUPS[seed].pages() : randomPages(seed, cases);
}

/** How many rows a list of pages yields. */
export function countCases(pages) {
  return pages.reduce((sum, { policies, requests }) => sum + policies.length * requests.length, 0);
}
