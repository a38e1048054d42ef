/** Waiting with an end. */

export const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/**
 * Asks again until the answer is truthy, and gives it. Fails after `within` milliseconds with what the last answer was.
 *
 * @template T
 * @param {string} what  what is waited for, for the message
 * @param {() => Promise<T> | T} ask
 * @param {{within?: number, every?: number, describe?: () => unknown}} [options]
 * @returns {Promise<T>}
 */
export async function until(what, ask, { within = 15_000, every = 50, describe = () => '' } = {}) {
  const end = performance.now() + within;
  let problem = null;
  for (;;) {
    try {
      const answer = await ask();
      if (answer) return answer;
      problem = null;
    } catch (error) {
      problem = error;
    }
    if (performance.now() > end) break;
    await sleep(every);
  }
  const found = problem ? `; the last attempt failed: ${problem.message}` : '';
  const state = await describe();
  throw new Error(`waited ${within} ms for ${what}${found}${state ? `\n${typeof state === 'string' ? state : JSON.stringify(state, null, 1)}` : ''}`);
}
