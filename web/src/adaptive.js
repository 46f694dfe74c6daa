// Adaptive models (SPEC.md section 4).
import { floor, min } from './functions.js';

/** Batches have 32, 64, ... 256 symbols, then 256 each. */
const BATCH_STEP = 32;
const LARGEST_BATCH = 256;

/**
 * One context of a chain.
 * @typedef {object} Context
 * @property {number} size number of contexts
 * @property {number} weight
 * @property {(i: number) => number} of the context of item i, 0 to size - 1
 */

/** Fills counts with integers in proportion to p. */
function toCounts(p, counts) {
  for (let s = 0; s < p.length; s++) counts[s] = floor(65536 * p[s]) + 1;
  return counts;
}

/** The counts of one row of symbols; they live as long as this object. */
export class AdaptiveModel {
  #chain;
  #p;
  #counts;

  /**
   * @param {number} symbols number of symbols
   * @param {Context[]} chain
   */
  constructor(symbols, chain) {
    this.#chain = chain.map(({ size, weight, of }) => ({
      of,
      weight,
      own: new Float64Array(size * symbols),
      sums: new Float64Array(size),
    }));
    this.#p = new Float64Array(symbols);
    this.#counts = new Float64Array(symbols);
  }

  /**
   * Decodes one symbol for each item.
   * @param {AnsDecoder} coder
   * @param {Uint32Array} items in the order of decoding
   * @param {(i: number, out: Float64Array) => void} prior fills out with the prior of item i
   * @param {{apply: (i: number, p: Float64Array) => void, learn: (i: number, symbol: number) => void}} [likelihood]
   *   `apply` multiplies p by factors, `learn` takes a symbol of the batch that ended
   * @returns {Uint8Array} symbols in the order of items
   */
  decode(coder, items, prior, likelihood) {
    const p = this.#p;
    const counts = this.#counts;
    const result = new Uint8Array(items.length);
    let end = 0;
    const contexts = this.#chain.map(({ of }) => items.map((i) => of(i)));
    for (let batch = BATCH_STEP; end < items.length; batch = min(batch + BATCH_STEP, LARGEST_BATCH)) {
      const start = end;
      end = min(start + batch, items.length);
      for (let k = start; k < end; k++) {
        prior(items[k], p);
        this.#refine(contexts, k);
        likelihood?.apply(items[k], p);
        result[k] = coder.categorical(toCounts(p, counts));
      }
      for (let k = start; k < end; k++) {
        this.#count(contexts, k, result[k]);
        likelihood?.learn(items[k], result[k]);
      }
    }
    return result;
  }

  /** Turns the prior of the kth item in p into probabilities. */
  #refine(contexts, k) {
    const p = this.#p;
    const { length } = p;
    let total = 0;
    for (let s = 0; s < length; s++) total += p[s];
    for (let s = 0; s < length; s++) p[s] /= total;
    for (let link = 0; link < contexts.length; link++) {
      const { own, sums, weight } = this.#chain[link];
      const c = contexts[link][k];
      const divisor = sums[c] + weight;
      for (let s = 0, n = c * length; s < length; s++, n++) p[s] = (own[n] + weight * p[s]) / divisor;
    }
  }

  #count(contexts, k, symbol) {
    this.#chain.forEach(({ own, sums }, link) => {
      const c = contexts[link][k];
      own[c * this.#p.length + symbol]++;
      sums[c]++;
    });
  }
}
