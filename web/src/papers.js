// The section GAUSSIANS of the papers' methods: what is shared, and what the fields mean (SPEC.md section 9).
import { corrupt } from './error.js';
import { float16 } from './float16.js';
import { abs, clamp, cosSin, exp, min, PI, times } from './functions.js';
import { makeGaussians } from './gaussians.js';
import { readRecords } from './records.js';

const ENTRIES = 8;

/**
 * @param {ByteReader} reader after N
 * @param {number} count N
 * @param {Header} header
 * @returns {Gaussians}
 * @throws {GsiError} corrupt or limit
 */
export function readPaperGaussians(reader, count, header) {
  const read = header.method === 'gaussianimage++' ? readPlusPlus : readCodebooks;
  const { bits, toValues } = read(reader, header);
  const gaussians = makeGaussians(count, header.channels);
  if (count === 0) {
    reader.end();
    return gaussians;
  }
  const fields = readRecords(reader, count, bits);
  for (let i = 0; i < count; i++) {
    const { center, covariance, color } = toValues(fields.map((field) => field[i]));
    [gaussians.x[i], gaussians.y[i]] = center;
    [gaussians.xx[i], gaussians.xy[i], gaussians.yy[i]] = covariance;
    color.forEach((sample, channel) => {
      gaussians.colors[channel][i] = sample;
    });
  }
  return gaussians;
}

function readCodebooks(reader, { method, channels, width, height }) {
  const scales = readFloats(reader, 3);
  const offsets = readFloats(reader, 3);
  const [first, second] = [0, 1].map(() => times(ENTRIES, () => readHalves(reader, channels)));
  const covarianceOf = method === 'gaussianimage' ? choleskyCovariance : rotationCovariance;
  const toValues = ([x, y, v1, v2, v3, entry1, entry2]) => ({
    center: [place(x, width), place(y, height)],
    covariance: covarianceOf(...[v1, v2, v3].map((symbol, k) => symbol * scales[k] + offsets[k])),
    color: first[entry1].map((sample, channel) => sample + second[entry2][channel]),
  });
  return { bits: [16, 16, 6, 6, 6, 3, 3], toValues };
}

function readPlusPlus(reader, { channels }) {
  const [center, shape, color] = reader.take(3);
  if ([center, shape, color].some((depth) => depth < 1 || depth > 16)) {
    throw corrupt('depths');
  }
  const bits = [center, center, shape, shape, shape, ...Array(channels).fill(color)];
  const scales = readFloats(reader, bits.length);
  const offsets = readFloats(reader, bits.length);
  const toValues = (symbols) => {
    const [x, y, xx, xy, yy, ...samples] = symbols.map((symbol, k) => symbol * scales[k] + offsets[k]);
    const variance = (v) => exp(clamp(v, -600, 600));
    return { center: [x, y], covariance: [variance(xx), xy, variance(yy)], color: samples };
  };
  return { bits, toValues };
}

/** n numbers of binary32. */
function readFloats(reader, n) {
  const bytes = reader.take(4 * n);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return checkFinite(times(n, (i) => view.getFloat32(4 * i, true)));
}

/** n numbers of binary16. */
function readHalves(reader, n) {
  const bytes = reader.take(2 * n);
  return checkFinite(times(n, (i) => float16(bytes[2 * i] + 256 * bytes[2 * i + 1])));
}

function checkFinite(numbers) {
  if (!numbers.every(Number.isFinite)) throw corrupt('not finite');
  return numbers;
}

/** A place along a side, from the bits of a binary16 number. */
function place(bits, side) {
  const [x] = checkFinite([float16(bits)]);
  return ((tanh(x) + 1) / 2) * side;
}

function choleskyCovariance(v1, v2, v3) {
  const a = v1 + 0.5;
  const b = v2;
  const c = v3 + 0.5;
  return [a * a, a * b, b * b + c * c];
}

function rotationCovariance(v1, v2, v3) {
  const a = (v1 + 0.5) * (v1 + 0.5);
  const c = (v2 + 0.5) * (v2 + 0.5);
  const [cos, sin] = cosSin(2 * PI * sigmoid(v3));
  return [cos * cos * a + sin * sin * c, cos * sin * (a - c), sin * sin * a + cos * cos * c];
}

function tanh(x) {
  const e = exp(-2 * min(abs(x), 300));
  return Math.sign(x) * ((1 - e) / (1 + e));
}

const sigmoid = (x) => 1 / (1 + exp(-clamp(x, -600, 600)));
