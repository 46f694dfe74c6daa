// The section ALPHA (SPEC.md section 10).
import { AdaptiveModel } from './adaptive.js';
import { BLOCK, GROUPS, makeAlphaGrid } from './alpha-grid.js';
import { AnsDecoder } from './ans.js';
import { ByteReader } from './byte-reader.js';
import { corrupt } from './error.js';
import { clamp, max, min } from './functions.js';

const MAX_STEP = 128;
const KINDS = Float64Array.of(1024, 512, 256, 128, 64, 32, 16, 8, 4, 2);
/** The kind of a sample that is 0 or 255. */
const EXTREME = KINDS.length - 1;
/** Samples at this distance or above are always coded. */
const COARSE = BLOCK;

const context = (size, weight, of) => ({ size, weight, of });

/**
 * @param {Uint8Array} payload
 * @param {Header} header
 * @returns {Uint8Array} a sample of 0 (transparent) to 255 (opaque) for each pixel, row by row
 * @throws {GsiError} corrupt
 */
export function decodeAlpha(payload, { width, height }) {
  const reader = new ByteReader(payload);
  const step = reader.varint();
  if (step < 1 || step > MAX_STEP) throw corrupt(`alpha: step ${step}`);
  const coder = new AnsDecoder(reader.rest());
  const grid = makeAlphaGrid(width, height, coder.even(256));
  const models = makeModels();
  for (let d = grid.largestDistance; d >= 1; d /= 2) {
    if (d < COARSE) decodeBlocks(coder, grid, d, models);
    const stepHere = max(1, step >> min(3, Math.log2(d)));
    for (const group of GROUPS) {
      const samples = grid.predict(group, d);
      decodeDifferences(coder, samples, stepHere, models);
      grid.set(samples);
    }
  }
  coder.end();
  return grid.crop();
}

/** Models whose contexts are those of `current`: the samples of a group, or the blocks of a list. */
function makeModels() {
  const models = { current: null };
  const spread = (k) => models.current.spreads[k];
  const pairs = (k) => spread(k) * 9 + models.current.pairs[k];
  const place = (k) => models.current.predictions[k] >> 5;
  models.kinds = new AdaptiveModel(KINDS.length, [
    context(9, 20, spread),
    context(81, 20, pairs),
    context(648, 20, (k) => pairs(k) * 8 + place(k)),
  ]);
  models.signs = new AdaptiveModel(2, [
    context(9, 10, spread),
    context(72, 10, (k) => spread(k) * 8 + place(k)),
    context(216, 10, (k) => (spread(k) * 8 + place(k)) * 3 + models.current.leans[k]),
  ]);
  models.blocks = new AdaptiveModel(2, [
    context(1, 10, () => 0),
    context(9, 10, spread),
    context(36, 10, (k) => spread(k) * 4 + Math.log2(models.current.distance)),
  ]);
  return models;
}

const even = (i, out) => out.fill(1);

/** Decodes which of the blocks that still go on do so at distance d. */
function decodeBlocks(coder, grid, d, models) {
  const blocks = Uint32Array.from(grid.goesOn.keys()).filter((block) => grid.goesOn[block]);
  models.current = { spreads: Uint8Array.from(blocks, (block) => grid.blockSpread(block, d)), distance: d };
  const goOn = models.blocks.decode(coder, blocks.map((_, k) => k), even);
  blocks.forEach((block, k) => {
    grid.goesOn[block] = goOn[k];
  });
}

/** Decodes the coded samples of a group: `samples.values` become what they are. */
function decodeDifferences(coder, samples, step, models) {
  models.current = samples;
  const { coded, predictions, values } = samples;
  const kinds = models.kinds.decode(coder, coded, (k, out) => out.set(KINDS));
  const lowBits = coder.uniform(kinds.map((kind) => (kind > 1 && kind < EXTREME ? 2 ** (kind - 1) : 1)));
  const different = coded.filter((_, n) => kinds[n]);
  const signs = models.signs.decode(coder, different, even);
  let sign = 0;
  coded.forEach((k, n) => {
    const kind = kinds[n];
    if (kind === 0) return;
    const isNegative = signs[sign++];
    const size = kind === EXTREME ? 255 : kind === 1 ? step : (2 ** (kind - 1) + lowBits[n]) * step;
    const start = kind === EXTREME ? (isNegative ? 255 : 0) : predictions[k];
    values[k] = clamp(isNegative ? start - size : start + size, 0, 255);
  });
}
