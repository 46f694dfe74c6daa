// The model of the layer's bits: counters, mixed by weights that learn (SPEC.md section 12, Model).
import { clamp, floor, imul, min, times } from './functions.js';

export const COUNTERS = 7;
const CONTEXTS = 4096;
const INPUTS = COUNTERS + 1;
const LISTS = 16;
const BIAS = 77;
const TRUST = [5, 21, 37, 53, 64];
/** What a counter moves by after n bits, n = 0 ... 255, in 1/65536. */
const COUNTER_RATES = times(256, (n) => floor(655360 / (10 * n + 16)), Int32Array);
const SET_RATES = [4, 3];
const FIRST_WEIGHT = 8192;
const LARGEST_WEIGHT = 2 ** 19;
const KNOTS = [22, 36, 60, 98, 162, 267, 439, 720, 1179, 1921, 3108, 4971, 7812, 11955, 17625, 24743, 32768, 40793,
  47911, 53581, 57724, 60565, 62428, 63615, 64357, 64816, 65097, 65269, 65374, 65438, 65476, 65500, 65514];

/** probability(x) for x = -2048 ... 2047. */
const PROBABILITY = times(4096, (i) => {
  const k = i >> 7;
  const f = i & 127;
  return (KNOTS[k] * (128 - f) + KNOTS[k + 1] * f + 64) >> 7;
}, Int32Array);
/** Inputs by trust and q >> 4. */
const INPUT = Int16Array.from(makeInputs());

function makeInputs() {
  let i = 0;
  const logits = times(4096, (y) => {
    while (i < 4095 && PROBABILITY[i] < 16 * y + 8) i++;
    return i - 2048;
  });
  return TRUST.flatMap((trust) => logits.map((logit) => (logit * trust) / 64));
}

/**
 * The contexts of a bit.
 * @typedef {object} Contexts
 * @property {Int32Array} counters c[0] ... c[6], 0 to 4095
 * @property {Int32Array} lists m[0] and m[1], 0 to 15
 */

/**
 * The counters and weights of the bits of one kind and channel. Products are those of imul: others could be -0, so
 * engines would compute them with doubles.
 * @returns {(coder: BitDecoder, contexts: Contexts) => 0 | 1} decodes a bit, and learns from it
 */
export function makeBitModel() {
  const q = new Uint16Array(COUNTERS * CONTEXTS).fill(32768);
  const n = new Uint8Array(COUNTERS * CONTEXTS);
  const [first, second] = SET_RATES.map(() => new Int32Array(LISTS * INPUTS).fill(FIRST_WEIGHT));
  const input = new Int32Array(INPUTS).fill(BIAS);

  const predict = (counters, lists) => {
    const a = lists[0] * INPUTS;
    const b = lists[1] * INPUTS;
    let sum = 0;
    for (let k = 0; k < INPUTS; k++) {
      if (k < COUNTERS) {
        const i = k * CONTEXTS + counters[k];
        input[k] = INPUT[min(4, n[i]) * 4096 + (q[i] >> 4)];
      }
      sum += (imul(first[a + k], input[k]) >> 8) + (imul(second[b + k], input[k]) >> 8);
    }
    return PROBABILITY[clamp(sum >> 8, -2048, 2047) + 2048];
  };

  /** Learns list number `list` of a set of weights. */
  const learnWeights = (weights, list, scaledError) => {
    for (let k = 0, i = list * INPUTS; k < INPUTS; k++, i++) {
      weights[i] = clamp(weights[i] + ((imul(input[k], scaledError) + 2 ** 17) >> 18), -LARGEST_WEIGHT, LARGEST_WEIGHT);
    }
  };

  const learnCounters = (counters, bit) => {
    for (let k = 0; k < COUNTERS; k++) {
      const i = k * CONTEXTS + counters[k];
      const rate = COUNTER_RATES[n[i]];
      if (bit) q[i] += imul(65535 - q[i], rate) >> 16;
      else q[i] -= imul(q[i], rate) >> 16;
      if (n[i] < 255) n[i]++;
    }
  };

  return (coder, { counters, lists }) => {
    const p = predict(counters, lists);
    const bit = coder.bit(p);
    const error = bit * 65536 - p;
    learnWeights(first, lists[0], error * SET_RATES[0]);
    learnWeights(second, lists[1], error * SET_RATES[1]);
    learnCounters(counters, bit);
    return bit;
  };
}
