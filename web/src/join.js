// One picture of the chunks that it is divided into (SPEC.md section 13).
import { BLOCK } from './layer.js';
import { HALO } from './chunks.js';
import { ceil, times } from './functions.js';
import { corrupt } from './error.js';

/**
 * @param {Header} header of the whole picture
 * @param {Chunk[]} chunks
 * @param {Picture[]} parts what is decoded of them
 * @returns {Picture}
 * @throws {GsiError} corrupt
 */
export function joinParts(header, chunks, parts) {
  return {
    header,
    gaussians: joinGaussians(chunks, parts.map(({ gaussians }) => gaussians)),
    layer: joinLayers(header, chunks, parts.map(({ layer }) => layer)),
    alpha: parts[0].alpha && joinAlpha(header, chunks, parts),
  };
}

function joinGaussians(chunks, parts) {
  let count = 0;
  parts.forEach((part, i) => {
    const { x, y, waves } = part;
    move(x, chunks[i].x - HALO);
    move(y, chunks[i].y - HALO);
    move(waves.of, count);
    count += part.count;
  });
  return { ...joined(parts), count };
}

function move(numbers, distance) {
  for (let i = 0; i < numbers.length; i++) numbers[i] += distance;
}

/** Objects of arrays, put together array by array; numbers are left out. */
function joined(parts) {
  const [first] = parts;
  if (!ArrayBuffer.isView(first)) {
    const entries = Object.keys(first).map((key) => [key, joined(parts.map((part) => part[key]))]);
    return Array.isArray(first) ? entries.map(([, value]) => value) : Object.fromEntries(entries);
  }
  const all = new first.constructor(parts.reduce((sum, { length }) => sum + length, 0));
  let length = 0;
  for (const part of parts) {
    all.set(part, length);
    length += part.length;
  }
  return all;
}

function joinLayers({ width, height, channels }, chunks, layers) {
  const some = layers.filter((layer) => layer);
  if (!some.length) return null;
  const [{ step }] = some;
  if (some.some((layer) => layer.step !== step)) throw corrupt('steps differ');
  const [rows, columns] = [height, width].map((side) => ceil(side / BLOCK));
  const starts = times(channels, () => new Int32Array(rows * columns));
  let length = 0;
  layers.forEach((layer, n) => layer?.starts.forEach((ofChunk, c) => {
    const { x, y } = chunks[n];
    for (let k = 0; k < ofChunk.length; k += layer.columns) {
      const row = ofChunk.subarray(k, k + layer.columns).map((start) => start && start + length);
      starts[c].set(row, (y / BLOCK + k / layer.columns) * columns + x / BLOCK);
    }
    if (c + 1 === channels) length += layer.amplitudes.length;
  }));
  const [down, across] = ['y', 'x'].map((axis) => chunks.map((chunk) => chunk[axis] / BLOCK));
  const amplitudes = joined(some.map((layer) => layer.amplitudes));
  return { step, rows, columns, starts, borders: { down, across }, amplitudes };
}

function joinAlpha({ width, height }, chunks, parts) {
  const all = new Uint8Array(width * height);
  chunks.forEach((chunk, n) => {
    for (let i = 0; i < chunk.height; i++) {
      const row = parts[n].alpha.subarray(i * chunk.width, (i + 1) * chunk.width);
      all.set(row, (chunk.y + i) * width + chunk.x);
    }
  });
  return all;
}
