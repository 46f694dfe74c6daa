// The examples of SPEC.md sections 8, 9 and 12.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodePixels, info, read } from '../src/decode.js';
import { bytesOf, rowsOf, tableOf } from './examples.js';

function assertNear(actual, expected, name) {
  assert.equal(actual.length, expected.length, name);
  expected.forEach((number, i) => assert.ok(Math.abs(actual[i] - number) < 6e-5, `${name}: ${actual} not ${expected}`));
}

function assertGaussians({ x, y, xx, xy, yy, colors }, values) {
  assertNear(x, values.x, 'x');
  assertNear(y, values.y, 'y');
  colors.forEach((samples, c) => assertNear(samples, values[['red', 'green', 'blue'][c]], 'color'));
  // m is the log of the geometric mean of the standard deviations, r half the log of their ratio.
  assertNear(xx.map((_, i) => Math.log(xx[i] * yy[i] - xy[i] * xy[i]) / 4), values.m, 'm');
  const spread = xx.map((_, i) => Math.hypot((xx[i] - yy[i]) / 2, xy[i]) / ((xx[i] + yy[i]) / 2));
  assertNear(spread.map((ratio) => Math.atanh(ratio) / 2), values.r, 'r');
}

test('nothing: one black pixel', () => {
  const { data, width, height } = decodePixels(bytesOf('nothing'));
  assert.deepEqual([width, height, ...data], [1, 1, 0, 0, 0, 255]);
});

test('five: values of the Gaussians', () => {
  assertGaussians(read(bytesOf('five')).gaussians, tableOf('values', 'five'));
});

test('waves: values of the Gaussians and waves', () => {
  const { gaussians } = read(bytesOf('waves'));
  const values = tableOf('values', 'waves');
  assertGaussians(gaussians, values);
  const { of, a, b, kx, ky } = gaussians.waves;
  assert.deepEqual([...of], [0, 1]);
  for (const [name, numbers] of Object.entries({ A: a, B: b, kx, ky })) {
    assertNear(numbers, values[name].slice(0, 2), name);
  }
});

test('papers: the records', () => {
  const { gaussians } = read(bytesOf('papers'));
  const fields = tableOf('symbols', 'papers');
  const symbol = (value, scale, offset) => Math.round((value - offset) / scale);
  const records = [...gaussians.x.keys()].map((i) => [
    symbol(gaussians.x[i], 1 / 4, 0),
    symbol(gaussians.y[i], 3 / 16, 0),
    symbol(Math.log(gaussians.xx[i]), 1 / 8, -1),
    symbol(gaussians.xy[i], 1 / 2, -16),
    symbol(Math.log(gaussians.yy[i]), 1 / 8, -1),
    symbol(gaussians.colors[0][i], 1 / 16, 0),
  ]);
  records.sort((p, q) => p[0] - q[0]);
  Object.values(fields).forEach((row, f) => assert.deepEqual(records.map((record) => record[f]), row));
});

test('texture: amplitudes and samples', () => {
  const { layer } = read(bytesOf('texture'));
  const { column, i, j, amplitude } = tableOf('symbols', 'texture');
  const amplitudes = new Int16Array(layer.amplitudes.length - 64);
  amplitude.forEach((value, n) => {
    amplitudes[64 * column[n] + 8 * i[n] + j[n]] = value;
  });
  assert.deepEqual(layer.amplitudes.subarray(64), amplitudes);
  const { data } = decodePixels(bytesOf('texture'));
  assert.deepEqual([...data].filter((_, k) => k % 4 === 0), rowsOf('samples', 'texture').flat());
});

test('info says what a file is', () => {
  const about = info(bytesOf('five'));
  assert.equal(about.width, 768);
  assert.equal(about.gaussians, 5);
  assert.equal(about.step, 0.05078125);
  assert.deepEqual(about.sections, [{ name: 'header', bytes: 5 }, { name: 'gaussians', bytes: 34 }]);
  const papers = info(bytesOf('papers'));
  assert.deepEqual([papers.method, papers.kernel, papers.channels], ['gaussianimage++', 'exp', 1]);
  const texture = info(bytesOf('texture'));
  assert.deepEqual([texture.base, texture.textureStep], [[128], 0.0703125]);
});
