/** In which order the pages run, and in which order a page's policies and requests stand, pass by pass. */
import { seededRandom } from './random.mjs';

/** Pages between two passes: a run that is cut short still leaves whole answers. */
const BLOCK = 40;

/**
 * One run of one page.
 *
 * @typedef {object} Job
 * @property {number} page            index into the pages
 * @property {number} pass
 * @property {number[]} policyOrder   the page's policies, in the order of their headers
 * @property {number[]} requestOrder
 */

/**
 * Every page `repeat` times; all passes but the first with policies and requests shuffled.
 *
 * @returns {Job[]}
 */
export function schedule(seed, pages, repeat) {
  const jobs = [];
  for (let start = 0; start < pages.length; start += BLOCK) {
    const end = Math.min(start + BLOCK, pages.length);
    for (let pass = 0; pass < repeat; pass++) {
      for (let page = start; page < end; page++) jobs.push(makeJob(seed, pages[page], page, pass));
    }
  }
  return jobs;
}

function makeJob(seed, { policies, requests }, page, pass) {
  const random = seededRandom(`${seed}/${pass}/${page}`);
  const order = (list) => {
    const indices = [...list.keys()];
    return pass ? random.shuffle(indices) : indices;
  };
  return { page, pass, policyOrder: order(policies), requestOrder: order(requests) };
}
