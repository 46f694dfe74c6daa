// Parts that can be tested alone.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { constants, deflateSync } from 'node:zlib';
import { AnsDecoder } from '../src/ans.js';
import { coarser, contain, fit, optionsOfFrame, visiblePart, zoom } from '../src/element/viewport.js';
import { float16 } from '../src/float16.js';
import { cosSin, exp, exponent } from '../src/functions.js';
import { inflate } from '../src/inflate.js';
import { makeTaps } from '../src/resample.js';
import { SortedRecords } from '../src/sorted-records.js';

test('inflate reads what zlib writes', () => {
  const bytes = Uint8Array.from({ length: 70000 }, (_, i) => (i * i) % 251 ^ (i >> 9));
  for (const level of [0, 1, 9]) {
    for (const strategy of [constants.Z_DEFAULT_STRATEGY, constants.Z_HUFFMAN_ONLY, constants.Z_FIXED]) {
      const stream = new Uint8Array(deflateSync(bytes, { level, strategy }));
      assert.deepEqual(inflate(stream, bytes.length, 'test'), bytes);
      assert.throws(() => inflate(stream, bytes.length - 1, 'test'), { kind: 'limit' });
      assert.throws(() => inflate(stream.subarray(0, -1), bytes.length, 'test'), { kind: 'corrupt' });
    }
  }
});

test('float16', () => {
  assert.deepEqual([0x3c00, 0xc000, 0x0001, 0x7bff].map(float16), [1, -2, 2 ** -24, 65504]);
  assert.equal(float16(0xfc00), -Infinity);
  assert.ok(Number.isNaN(float16(0x7e00)));
});

test('exp, cos and sin are near the true ones', () => {
  for (let x = -20; x <= 20; x += 0.37) {
    assert.ok(Math.abs(exp(x) / Math.exp(x) - 1) < 1e-14);
    const [cos, sin] = cosSin(x);
    assert.ok(Math.abs(cos - Math.cos(x)) < 1e-14 && Math.abs(sin - Math.sin(x)) < 1e-14);
  }
  assert.deepEqual([1, 2, 3, 4, 2 ** 40 - 1, 0.3].map(exponent), [0, 1, 1, 2, 39, -2]);
});

test('what is pushed is decoded next', () => {
  const coder = new AnsDecoder(Uint8Array.from({ length: 40 }, (_, i) => 3 * i + 1));
  const sizes = [3, 2 ** 20, 7, 2 ** 22, 255, 2 ** 12 + 1];
  const symbols = sizes.map((size) => coder.even(size));
  for (let i = sizes.length - 1; i >= 0; i--) coder.pushEven(symbols[i], sizes[i]);
  assert.deepEqual(sizes.map((size) => coder.even(size)), symbols);
});

test('records are counted in their order', () => {
  const field = Uint16Array.from({ length: 5000 }, (_, i) => (i * 7919) % 1009);
  const sorted = new SortedRecords([field]);
  for (let i = 0; i < field.length; i++) {
    const before = field.subarray(0, i + 1);
    const { less, equal } = sorted.add(i);
    if (i % 97) continue;
    assert.equal(less, before.filter((value) => value < field[i]).length);
    assert.equal(equal, before.filter((value) => value === field[i]).length);
  }
});

test('taps have weights with sum 1', () => {
  for (const [input, output] of [[100, 7], [7, 100], [5, 5], [1, 3], [3, 1]]) {
    const { size, starts, weights } = makeTaps(input, output, 0, output);
    starts.forEach((start, i) => {
      assert.ok(start >= 0 && start + size <= input);
      const sum = weights.subarray(i * size, (i + 1) * size).reduce((total, weight) => total + weight);
      assert.ok(Math.abs(sum - 1) < 1e-12);
    });
  }
});

test('the viewport fits, zooms at a point, and stays on the picture', () => {
  const picture = { width: 768, height: 512 };
  const box = { width: 300, height: 300 };
  const fitted = fit(picture, box);
  assert.deepEqual(fitted, { scale: 300 / 768, x: 0, y: 50 });
  const near = zoom(fitted, 8, { x: 100, y: 150 }, picture, box);
  assert.ok(Math.abs((100 - near.x) / near.scale - 100 / fitted.scale) < 1e-9);
  assert.deepEqual(zoom(near, 1e-9, { x: 0, y: 0 }, picture, box), fitted);
  assert.equal(contain({ ...near, x: 1e6 }, picture, box).x, 0);
  const { left, top, frame } = visiblePart(fitted, picture, box);
  assert.deepEqual([left, top, frame.width, frame.height], [0, 50, 300, 200]);
  const options = optionsOfFrame(frame, picture);
  assert.deepEqual(options, { width: 300, height: 200, crop: { x: 0, y: 0, width: 300, height: 200 } });
  assert.equal(coarser(frame, 1 / 2).width, 150);
});
