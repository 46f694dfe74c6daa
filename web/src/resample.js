// Reducing by Lanczos' kernel, enlarging by a cubic one. SPEC.md leaves this to the reader; this is what `gsi decode`
// does.
import { abs, ceil, floor, max, min } from './functions.js';

const SAME = { radius: 1 / 2, value: () => 1 };
const LANCZOS = { radius: 3, value: (x) => sinc(x) * sinc(x / 3) };
/** Keys' cubic, a = -1/2. */
const CUBIC = {
  radius: 2,
  value: (x) => (x < 1 ? (1.5 * x - 2.5) * x * x + 1 : ((-0.5 * x + 2.5) * x - 4) * x + 2),
};

const sinc = (x) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

/**
 * How the samples of an output are made along an axis: each is a weighted sum of `size` samples of the input.
 * @typedef {object} Taps
 * @property {number} size
 * @property {Int32Array} starts for each sample of the output, the first sample of the input
 * @property {Float64Array} weights for each sample of the output, `size` weights, with sum 1
 * @property {number} start first sample of the input that is needed
 * @property {number} end sample after the last that is needed
 */

/**
 * @param {number} inputLength samples of the whole input
 * @param {number} outputLength samples of the whole output
 * @param {number} first sample of the output to make
 * @param {number} count of samples to make
 * @returns {Taps}
 */
export function makeTaps(inputLength, outputLength, first, count) {
  const step = inputLength / outputLength;
  const { radius, value } = step > 1 ? LANCZOS : step < 1 ? CUBIC : SAME;
  const reach = radius * max(1, step);
  const size = min(inputLength, ceil(2 * reach));
  const starts = new Int32Array(count);
  const weights = new Float64Array(count * size);
  for (let i = 0; i < count; i++) {
    const center = (first + i + 0.5) * step;
    starts[i] = min(inputLength - size, max(0, floor(center - reach + 0.5)));
    let sum = 0;
    for (let k = 0; k < size; k++) {
      const x = (abs(starts[i] + k + 0.5 - center) / reach) * radius;
      weights[i * size + k] = x < radius ? value(x) : 0;
      sum += weights[i * size + k];
    }
    for (let k = 0; k < size; k++) weights[i * size + k] /= sum;
  }
  return { size, starts, weights, start: starts[0], end: starts[count - 1] + size };
}

/**
 * Resamples rows that come one after the other, and emits the rows of the output as they are complete.
 * @param {Taps} columns
 * @param {Taps} rows
 * @param {(planes: Float64Array[], row: number) => void} emit takes a row of each channel
 * @returns {(y: number, planes: ArrayLike<number>[], offset: number) => void} takes row y of the input: for each
 *   channel, the row is at `offset`, from the first sample needed on
 */
export function makeRowResampler(columns, { starts, size, weights }, emit) {
  const { length } = columns.starts;
  const samples = new Float64Array(length);
  let next = 0;
  /** Sums of the output's rows from `next` on that are not complete, each with a row of each channel. */
  const sums = [];
  /** Rows of sums to use again. */
  const free = [];
  return (y, planes, offset) => {
    for (let row = next; row < starts.length && starts[row] <= y; row++) {
      sums[row - next] ??= free.pop() ?? planes.map(() => new Float64Array(length));
    }
    planes.forEach((plane, c) => {
      resampleRow(plane, offset, columns, samples);
      sums.forEach((targets, k) => {
        const row = next + k;
        addScaled(targets[c], 0, samples, length, weights[row * size + y - starts[row]]);
      });
    });
    while (next < starts.length && starts[next] + size === y + 1) {
      const complete = sums.shift();
      emit(complete, next++);
      for (const plane of complete) plane.fill(0);
      free.push(complete);
    }
  };
}

/** Adds `factor` times the first numbers of `source` to `target`, from `offset` on. */
export function addScaled(target, offset, source, length, factor) {
  for (let k = 0; k < length; k++) target[offset + k] += factor * source[k];
}

function resampleRow(row, offset, { starts, size, weights, start }, samples) {
  for (let i = 0, w = 0; i < samples.length; i++) {
    const first = offset + starts[i] - start;
    let sum = 0;
    for (let k = 0; k < size; k++, w++) sum += weights[w] * row[first + k];
    samples[i] = sum;
  }
}
