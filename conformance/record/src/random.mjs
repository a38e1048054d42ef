/**
 * A small seeded generator (xmur3 hash, then mulberry32): the same numbers on every machine.
 *
 * @param {string} seed
 * @returns {Random}
 */
export function seededRandom(seed) {
  let state = hash(String(seed));
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return new Random(next);
}

/** Draws from a source of numbers in [0, 1). */
export class Random {
  #next;

  constructor(next) {
    this.#next = next;
  }

  /** True with probability `p`. */
  chance(p) {
    return this.#next() < p;
  }

  /** One element of `list`, each as likely as the others. */
  pick(list) {
    return list[Math.floor(this.#next() * list.length)];
  }

  /** One value of `[[weight, value], …]`. */
  weighted(pairs) {
    let rest = this.#next() * pairs.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, value] of pairs) {
      rest -= weight;
      if (rest < 0) return value;
    }
    return pairs.at(-1)[1];
  }

  /** A shuffled copy of `list`. */
  shuffle(list) {
    const copy = list.slice();
    for (let i = copy.length - 1; i > 0; i--) {
      const j = Math.floor(this.#next() * (i + 1));
      [copy[i], copy[j]] = [copy[j], copy[i]];
    }
    return copy;
  }
}

function hash(text) {
  let h = 1779033703 ^ text.length;
  for (const char of text) {
    h = Math.imul(h ^ char.codePointAt(0), 3432918353);
    h = (h << 13) | (h >>> 19);
  }
  h = Math.imul(h ^ (h >>> 16), 2246822507);
  h = Math.imul(h ^ (h >>> 13), 3266489909);
  return (h ^ (h >>> 16)) >>> 0;
}
