// Every fault ends in a GsiError of the right kind, and nothing else (SPEC.md sections 1, 2 and 7).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateSync } from 'node:zlib';
import { decode } from '../index.js';
import { decodePixels, info } from '../src/decode.js';
import { GsiError } from '../src/error.js';
import { bytesOf } from './examples.js';
import { ALPHA, EXIF, GAUSSIANS, HEADER, PROFILE, TEXTURE, makeFile, plain, varint, withChecksum } from './files.js';

const header = (width, height, traits = 2) => [HEADER, [...varint(width), ...varint(height), ...varint(traits)]];
const none = [GAUSSIANS, [0]];

const FAULTS = {
  corrupt: {
    'no bytes': new Uint8Array(0),
    'another signature': Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 4, 0x80]),
    'bytes after the end': Uint8Array.from([...plain(1, 1, 0), 0]),
    'a wrong checksum': plain(1, 1, 0).map((byte, i, { length }) => (i === length - 1 ? byte ^ 1 : byte)),
    'no header': makeFile([none]),
    'two headers': makeFile([header(1, 1), header(1, 1), none]),
    'alpha before texture': plain(1, 1, 0, [ALPHA, [1]], [TEXTURE, [0]]),
    'no pixels': makeFile([header(0, 1), none]),
    'a needless byte': makeFile([[HEADER, [0x81, 0, 1, 2]], none]),
    'a number of 33 bits': makeFile([[HEADER, [255, 255, 255, 255, 31, 1, 2]], none]),
    'a step code of 384': makeFile([header(9, 9), [GAUSSIANS, [1, ...varint(384)]]]),
    'words that end in 0': makeFile([header(9, 9), [GAUSSIANS, [1, 5, 1, 0]]]),
    'words left over': makeFile([header(9, 9), [GAUSSIANS, [1, 5, 1, 2, 3, 4, 5, 6, 7, 8, 9]]]),
    'an alpha step of 0': plain(1, 1, 0, [ALPHA, [0]]),
    'texture left over': plain(8, 8, 0, [TEXTURE, [0, ...Array(40).fill(255)]]),
    'no profile': makeFile([header(1, 1, 2 + 256), none]),
    'a profile of no use': plain(1, 1, 0, [PROFILE, deflateSync('profile')]),
    'EXIF that is no stream': plain(1, 1, 0, [EXIF, [1, 2, 3]]),
    'bytes after EXIF': plain(1, 1, 0, [EXIF, [...deflateSync('exif'), 0]]),
  },
  unsupported: {
    'another version': makeFile([header(1, 1), none], 5),
    'an unknown section': plain(1, 1, 0, [0x90, []]),
    'two channels': makeFile([header(1, 1, 1), none]),
    'a trait of the future': makeFile([header(1, 1, 2 + 2 ** 21), none]),
    'a bit depth of the future': makeFile([header(1, 1, 2 + 8), none]),
  },
  limit: {
    'a side of 65536 pixels': makeFile([header(65536, 1), none]),
    '2^28 pixels and more': makeFile([header(16385, 16384), none]),
    '257 sections': makeFile([header(1, 1), none, ...Array(255).fill([0x40, []])]),
    'more Gaussians than pixels': makeFile([header(9, 9), [GAUSSIANS, [...varint(82), 5]]]),
    'more Gaussians than bytes': makeFile([header(900, 900), [GAUSSIANS, [...varint(4097), 5]]]),
    '4 MiB of EXIF and more': plain(1, 1, 0, [EXIF, deflateSync(new Uint8Array(2 ** 22 + 1))]),
  },
};

for (const [kind, files] of Object.entries(FAULTS)) {
  for (const [name, file] of Object.entries(files)) {
    test(`${kind}: ${name}`, () => {
      assert.throws(() => decodePixels(file), (error) => error instanceof GsiError && error.kind === kind);
    });
  }
}

test('argument: wrong options', async () => {
  const file = plain(8, 8, 0);
  for (const options of [{ width: 0 }, { height: 1.5 }, { crop: { x: 1, y: 0, width: 8, height: 8 } }]) {
    await assert.rejects(decode(file, options), { name: 'GsiError', kind: 'argument' });
  }
  await assert.rejects(decode('a string'), { kind: 'argument' });
});

test('limit: an output of 2^28 pixels and more', () => {
  assert.throws(() => decodePixels(plain(8, 8, 0), { width: 16385, height: 16384 }), { kind: 'limit' });
});

test('a signal that was aborted', async () => {
  await assert.rejects(decode(plain(8, 8, 0), { signal: AbortSignal.abort() }), { name: 'AbortError' });
});

const EXAMPLES = ['five', 'waves', 'papers', 'texture'].map(bytesOf);

test('corrupt: every truncation of the examples', () => {
  for (const file of EXAMPLES) {
    for (let length = 0; length < file.length; length++) {
      assert.throws(() => decodePixels(file.subarray(0, length)), { kind: 'corrupt' });
    }
  }
});

test('2000 mutated files end in a picture or a GsiError, in less than 2 seconds each', () => {
  let state = 1;
  const random = (n) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
  for (let n = 0; n < 2000; n++) {
    const file = EXAMPLES[n % EXAMPLES.length].slice();
    for (let k = 0; k <= random(3); k++) file[9 + random(file.length - 13)] = random(256);
    const start = performance.now();
    try {
      const crop = { x: 0, y: 0, width: 1, height: 1 };
      decodePixels(withChecksum(file), { crop });
      info(withChecksum(file));
    } catch (error) {
      assert.ok(error instanceof GsiError, error.stack);
    }
    assert.ok(performance.now() - start < 2000);
  }
});
