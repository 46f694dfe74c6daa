// The grid of alpha, and its predictions (SPEC.md section 10).
import { abs, ceil, clamp, clz32, floor, max, min, times } from './functions.js';

/** Side of a block, in samples. */
export const BLOCK = 16;
const DIAGONAL = [[-1, -1], [1, 1], [-1, 1], [1, -1]];
const STRAIGHT = [[0, -1], [0, 1], [-1, 0], [1, 0]];
/**
 * Centers, between columns, between rows: where a group has its samples, in units of d, and their neighbors a, b, c
 * and d'.
 */
export const GROUPS = [
  { row: 1, column: 1, neighbors: DIAGONAL },
  { row: 0, column: 1, neighbors: STRAIGHT },
  { row: 1, column: 0, neighbors: STRAIGHT },
];

/** B(x), the number of bits of x. */
const bitsOf = (x) => 32 - clz32(x);

const sideOf = (pixels) => BLOCK * floor((pixels + BLOCK - 2) / BLOCK) + 1;

/**
 * The samples of a group, in order.
 * @typedef {object} Samples
 * @property {Uint32Array} places in the grid
 * @property {Uint32Array} coded numbers of the samples that are coded
 * @property {Uint8Array} predictions p
 * @property {Uint8Array} values predictions, until they are decoded
 * @property {Uint8Array} spreads s
 * @property {Uint8Array} pairs B(min(u, v))
 * @property {Uint8Array} leans o
 */

/**
 * @typedef {object} AlphaGrid
 * @property {number} largestDistance the largest power of two below its longer side, or 1/2 where there is none
 * @property {Uint8Array} goesOn for each block, whether it goes on
 * @property {(block: number, d: number) => number} blockSpread s of a block: the bits of the difference between its
 *   largest and its smallest sample that are known at distance d
 * @property {(group: object, d: number) => Samples} predict predicts the samples of a group at distance d
 * @property {(samples: Samples) => void} set gives the samples of a group their values
 * @property {() => Uint8Array} crop gives the samples of the picture
 */

/**
 * @param {number} width of the picture
 * @param {number} height of the picture
 * @param {number} first a(0, 0); what is not known yet counts as this
 * @returns {AlphaGrid}
 */
export function makeAlphaGrid(width, height, first) {
  const rows = sideOf(height);
  const columns = sideOf(width);
  const grid = new Uint8Array(rows * columns).fill(first);
  const blockColumns = (columns + BLOCK - 1) / BLOCK;
  const goesOn = new Uint8Array(((rows + BLOCK - 1) / BLOCK) * blockColumns).fill(1);

  const blockSpread = (block, d) => {
    const top = BLOCK * floor(block / blockColumns);
    const left = BLOCK * (block % blockColumns);
    const last = (side) => side - 1 - ((side - 1) % (2 * d));
    let low = 255;
    let high = 0;
    for (let k = 0; k <= BLOCK; k += 2 * d) {
      const row = min(top + k, last(rows)) * columns;
      for (let l = 0; l <= BLOCK; l += 2 * d) {
        const sample = grid[row + min(left + l, last(columns))];
        low = min(low, sample);
        high = max(high, sample);
      }
    }
    return bitsOf(high - low);
  };

  const predict = (group, d) => {
    const places = placesOf(group, d);
    const [predictions, spreads, pairs, leans] = times(4, () => new Uint8Array(places.length));
    const samples = { places, predictions, spreads, pairs, leans };
    places.forEach((place, k) => predictSample(place, d, group.neighbors, samples, k));
    const isCoded = (k) => d >= BLOCK || goesOn[blockOf(places[k])];
    return { ...samples, values: predictions.slice(), coded: Uint32Array.from(places.keys()).filter(isCoded) };
  };

  const placesOf = ({ row, column }, d) => {
    const count = (side, start) => max(0, ceil((side - start * d) / (2 * d)));
    const places = new Uint32Array(count(rows, row) * count(columns, column));
    for (let k = 0, y = row * d; y < rows; y += 2 * d) {
      for (let x = column * d; x < columns; x += 2 * d) places[k++] = y * columns + x;
    }
    return places;
  };

  const blockOf = (place) => (floor(place / columns) >> 4) * blockColumns + ((place % columns) >> 4);

  const predictSample = (place, d, neighbors, samples, k) => {
    const y = floor(place / columns);
    const x = place % columns;
    const at = ([row, column], distance) =>
      grid[inside(y, row * distance, rows) * columns + inside(x, column * distance, columns)];
    const a = at(neighbors[0], d);
    const b = at(neighbors[1], d);
    const c = at(neighbors[2], d);
    const e = at(neighbors[3], d);
    const u = abs(a - b);
    const v = abs(c - e);
    const ofFirst = pairPrediction(a, b, at(neighbors[0], 3 * d), at(neighbors[1], 3 * d));
    const ofSecond = pairPrediction(c, e, at(neighbors[2], 3 * d), at(neighbors[3], 3 * d));
    const p = u + v
      ? floor((ofFirst * v + ofSecond * u + 8 * (u + v)) / (16 * (u + v)))
      : floor((ofFirst + ofSecond + 16) / 32);
    const prediction = clamp(p, 0, 255);
    samples.predictions[k] = prediction;
    samples.spreads[k] = bitsOf(max(a, b, c, e) - min(a, b, c, e));
    samples.pairs[k] = bitsOf(min(u, v));
    samples.leans[k] = Math.sign(a + b + c + e - 4 * prediction) + 1;
  };

  const set = ({ places, values }) => {
    places.forEach((place, k) => {
      grid[place] = values[k];
    });
  };

  const crop = () => {
    const pixels = new Uint8Array(width * height);
    for (let y = 0; y < height; y++) pixels.set(grid.subarray(y * columns, y * columns + width), y * width);
    return pixels;
  };

  return { largestDistance: 2 ** bitsOf(max(rows, columns) - 1) / 2, goesOn, blockSpread, predict, set, crop };
}

/** x + offset, reflected at x and then moved to 0 ... side - 1 where it is outside. */
function inside(x, offset, side) {
  const y = x + offset;
  return y >= 0 && y < side ? y : clamp(x - offset, 0, side - 1);
}

/** P(a, b, a', b'): 16 times what a pair of neighbors and their outer neighbors predict. */
function pairPrediction(a, b, outerA, outerB) {
  const isSmooth = max(abs(outerA - a), abs(outerB - b)) <= 32;
  return isSmooth ? 9 * (a + b) - outerA - outerB : 8 * (a + b);
}
