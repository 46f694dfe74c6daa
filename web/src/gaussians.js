// The section GAUSSIANS of method gsi (SPEC.md section 3), and what its integers mean (section 5).
import {
  angleDirection, colorOf, columnsOfCell, covariance, rowsOfCell, squaredMean, stepOfCode, waveOf,
} from './lattice.js';
import { AnsDecoder } from './ans.js';
import { decodeAngles } from './angles.js';
import { STRIDE, decodeCells } from './cells.js';
import { decodeColors } from './colors.js';
import { decodeShapes } from './shapes.js';
import { decodeWaves } from './waves.js';
import { times } from './functions.js';

/**
 * Gaussians to draw; each array has a number per Gaussian.
 * @typedef {object} Gaussians
 * @property {number} count
 * @property {Float64Array} x center, in pixels
 * @property {Float64Array} y center, in pixels
 * @property {Float64Array} xx covariance, in pixels^2
 * @property {Float64Array} xy
 * @property {Float64Array} yy
 * @property {Float64Array[]} colors for each channel, samples of 0 to 1
 * @property {WavesToDraw} waves
 */

/**
 * Waves to draw, one number per wave.
 * @typedef {object} WavesToDraw
 * @property {Uint32Array} of the number of the Gaussian, ascending
 * @property {Float64Array} a factor of the cosine, in samples of 0 to 1
 * @property {Float64Array} b factor of the sine
 * @property {Float64Array} kx in radians per pixel
 * @property {Float64Array} ky
 */

/** @returns {Gaussians} */
export function makeGaussians(count, channels, waves = new Uint32Array(0)) {
  const numbers = (length = count) => new Float64Array(length);
  const [a, b, kx, ky] = times(4, () => numbers(waves.length));
  return {
    count,
    x: numbers(),
    y: numbers(),
    xx: numbers(),
    xy: numbers(),
    yy: numbers(),
    colors: times(channels, () => numbers()),
    waves: { of: waves, a, b, kx, ky },
  };
}

/**
 * Decodes the coded words.
 * @param {Uint8Array} words
 * @param {number} count N, at least 1
 * @param {number} stepCode 0 to 383
 * @param {Header} header
 * @returns {Gaussians}
 * @throws {GsiError} corrupt
 */
export function decodeGaussians(words, count, stepCode, header) {
  const coder = new AnsDecoder(words);
  const all = times(count, (i) => i, Uint32Array);
  const cells = decodeCells(coder, count, header);
  const shapes = decodeShapes(coder, cells, stepCode, header, all);
  const waves = decodeWaves(coder, shapes, all);
  const colors = decodeColors(coder, shapes, waves, header.channels, all);
  const { angles, counts } = decodeAngles(coder, shapes, cells, header, all);
  const gaussians = makeGaussians(count, header.channels, waves.of);
  decodeCenters(coder, cells, shapes, angles, counts, gaussians);
  coder.end();

  const D = stepOfCode(stepCode);
  for (let i = 0; i < count; i++) {
    colorOf(colors.map((component) => component[i]), D, shapes.m[i]).forEach((sample, channel) => {
      gaussians.colors[channel][i] = sample;
    });
  }
  setWaves(gaussians.waves, waves, D, shapes, angles, counts);
  return gaussians;
}

/** Decodes rows and columns (rows 10 and 11); sets centers and covariances. */
function decodeCenters(coder, cells, { classes, sizes, elongations }, angles, counts, { count, x, y, xx, xy, yy }) {
  for (let i = 0; i < count; i++) {
    [xx[i], xy[i], yy[i]] = covariance(classes[i], sizes[i], elongations[i], angles[i], counts[i]);
  }
  const cell = (i, number) => cells[i * STRIDE + number];
  y.set(decodePlaces(coder, count, (i) => rowsOfCell(classes[i], yy[i], cell(i, 1), cell(i, 1) + cell(i, 3))));
  x.set(decodePlaces(coder, count, (i) => {
    const a = squaredMean(classes[i], sizes[i]);
    return columnsOfCell(classes[i], a, xy[i], yy[i], y[i], cell(i, 0), cell(i, 0) + cell(i, 2));
  }));
}

/** Decodes which of its places each Gaussian is at. @returns {Float64Array} in pixels */
function decodePlaces(coder, count, placesOf) {
  const places = times(count, placesOf);
  const numbers = coder.uniform(places.map(({ number }) => number));
  return numbers.map((number, i) => places[i].origin + (places[i].first + number + 0.5) * places[i].step);
}

function setWaves(out, { of, p, q, across, along }, D, { m, r }, angles, counts) {
  of.forEach((i, w) => {
    const theta = angleDirection(angles[i], counts[i]);
    [out.a[w], out.b[w], out.kx[w], out.ky[w]] = waveOf(p[w], q[w], along[w], across[w], D, m[i], r[i], theta);
  });
}
