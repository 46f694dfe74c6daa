// A whole file: what it says, and what it draws (SPEC.md section 2).
import { ByteReader } from './byte-reader.js';
import { checkLimit } from './error.js';
import { decodeAlpha } from './alpha.js';
import { decodeGaussians, makeGaussians } from './gaussians.js';
import { readSections } from './container.js';
import { readHeader } from './header.js';
import { decodeLayer } from './layer.js';
import { stepOfCode } from './lattice.js';
import { maxGaussiansOfBytes, maxGaussiansOfPixels } from './limits.js';
import { readMetadata } from './metadata.js';
import { readPaperGaussians } from './papers.js';
import { readStepCode } from './step-code.js';

/**
 * A picture to draw. It can be sent to a worker.
 * @typedef {object} Picture
 * @property {Header} header
 * @property {Gaussians} gaussians
 * @property {Layer | null} layer
 * @property {Uint8Array | null} alpha a sample of 0 to 255 for each pixel, row by row
 */

/**
 * Decodes a file; draws nothing.
 * @param {Uint8Array} file
 * @returns {Picture}
 * @throws {GsiError} corrupt, unsupported or limit
 */
export function readPicture(file) {
  const { header, payloads } = open(file);
  const texture = payloads.texture && openTexture(payloads.texture);
  return {
    header,
    gaussians: readGaussians(payloads.gaussians, header),
    layer: texture?.bytes.length ? decodeLayer(texture.bytes, texture.stepCode, header) : null,
    alpha: payloads.alpha ? decodeAlpha(payloads.alpha, header) : null,
  };
}

/**
 * Says what a file is, without decoding its Gaussians.
 * @param {Uint8Array} file
 * @returns {Info}
 * @throws {GsiError} corrupt, unsupported or limit
 */
export function readInfo(file) {
  const { sections, header, metadata, payloads } = open(file);
  const { count, reader } = openGaussians(payloads.gaussians, header);
  return {
    ...header,
    gaussians: count,
    step: header.method === 'gsi' && count ? stepOfCode(readStepCode(reader)) : null,
    textureStep: payloads.texture ? stepOfCode(openTexture(payloads.texture).stepCode) : null,
    alpha: 'alpha' in payloads,
    profile: metadata.profile ?? null,
    exif: metadata.exif ?? null,
    xmp: metadata.xmp ?? null,
    bytes: file.length,
    bitsPerPixel: (8 * file.length) / (header.width * header.height),
    sections: sections.map(({ name, payload }) => ({ name, bytes: payload.length })),
  };
}

function open(file) {
  const sections = readSections(file);
  const payloads = Object.fromEntries(sections.map(({ name, payload }) => [name, payload]));
  const header = readHeader(payloads.header);
  return { sections, header, metadata: readMetadata(sections, header), payloads };
}

function openGaussians(payload, header) {
  const reader = new ByteReader(payload, 'gaussians');
  const count = reader.varint();
  checkLimit(count, maxGaussiansOfPixels(header.width * header.height), 'Gaussians');
  return { reader, count };
}

function readGaussians(payload, header) {
  const { reader, count } = openGaussians(payload, header);
  if (header.method !== 'gsi') return readPaperGaussians(reader, count, header);
  if (count === 0) {
    reader.end();
    return makeGaussians(0, header.channels);
  }
  const stepCode = readStepCode(reader);
  checkLimit(count, maxGaussiansOfBytes(reader.left), 'Gaussians');
  return decodeGaussians(reader.rest(), count, stepCode, header);
}

function openTexture(payload) {
  const reader = new ByteReader(payload, 'texture');
  return { stepCode: readStepCode(reader), bytes: reader.rest() };
}
