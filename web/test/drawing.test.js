// Sizes, crops, alpha and color (README.md, Options).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode, decodeSync } from '../index.js';
import { decodePixels } from '../src/decode.js';
import { bytesOf } from './examples.js';
import { ALPHA, GAUSSIANS, HEADER, makeFile, plain, varint } from './files.js';

/** The part of pixels that a crop shows. */
function cut({ data, width: side }, { x, y, width, height }) {
  const rowAt = (start) => [...data.subarray(start, start + 4 * width)];
  return Array.from({ length: height }, (_, row) => rowAt(4 * ((y + row) * side + x))).flat();
}

for (const [name, size] of [['waves', {}], ['waves', { width: 300, height: 77 }], ['texture', { width: 40 }],
  ['texture', { width: 9, height: 5 }]]) {
  test(`a crop of ${name} at ${JSON.stringify(size)} is a part of the whole`, () => {
    const whole = decodePixels(bytesOf(name), size);
    const crop = { x: 2, y: 1, width: 5, height: 3 };
    const part = decodePixels(bytesOf(name), { ...size, crop });
    const expected = cut(whole, crop);
    part.data.forEach((sample, k) => assert.ok(Math.abs(sample - expected[k]) <= 1));
  });
}

test('one side alone keeps the shape', () => {
  const { width, height } = decodePixels(bytesOf('waves'), { width: 96 });
  assert.deepEqual([width, height], [96, 64]);
});

test('a base of one color has that color at any size', () => {
  for (const options of [{}, { width: 3 }, { width: 31, height: 5 }]) {
    const { data } = decodePixels(plain(8, 8, 77), options);
    data.forEach((sample, k) => assert.equal(sample, k % 4 === 3 ? 255 : 77));
  }
});

test('a base of 16 bits is rounded to 8', () => {
  const header = [HEADER, [...varint(1), ...varint(1), ...varint(2 ** 16 + 4), 0xff, 0x7f]];
  const { data } = decodePixels(makeFile([header, [GAUSSIANS, [0]]]));
  assert.deepEqual([...data], [127, 127, 127, 255]);
});

test('an alpha section without words is transparent', () => {
  const { data } = decodePixels(plain(20, 20, 9, [ALPHA, [1]]));
  data.forEach((sample, k) => assert.equal(sample, k % 4 === 3 ? 0 : 9));
});

test('Display P3 is the color space of the pixels', () => {
  const header = [HEADER, [1, 1, ...varint(2 + 128)]];
  assert.equal(decodePixels(makeFile([header, [GAUSSIANS, [0]]])).colorSpace, 'display-p3');
});

test('decode and decodeSync agree, and take an ArrayBuffer', async () => {
  const file = bytesOf('texture');
  assert.deepEqual(await decode(file.buffer), decodeSync(file));
});
