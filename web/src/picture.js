// A whole file: what it says, and what it draws (SPEC.md section 2).
import { ByteReader } from './byte-reader.js';
import { checkLimit, corrupt } from './error.js';
import { decodeAlpha } from './alpha.js';
import { decodeGaussians, makeGaussians } from './gaussians.js';
import { HALO, PARTS, readChunks } from './chunks.js';
import { joinParts } from './join.js';
import { CRITICAL, checkKnown, payloadsOf, readSections } from './container.js';
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
  const { header, chunks } = open(file);
  if (!header.chunkSide) return readPart(header, header, chunks[0].payloads);
  return joinParts(header, chunks, chunks.map((chunk) => readPart(
    { ...header, width: chunk.width, height: chunk.height },
    headerOfGaussians(header, chunk),
    chunk.payloads,
  )));
}

/** The header that the Gaussians of a chunk have; of a picture that is not divided, its own. */
const headerOfGaussians = (header, { width, height }) => (
  width ? { ...header, width: width + 2 * HALO, height: height + 2 * HALO } : header
);

/** Decodes a picture, or a chunk of one; Gaussians have a header of their own. */
function readPart(header, headerAround, { gaussians, texture, alpha }) {
  const layer = texture && openTexture(texture);
  return {
    header,
    gaussians: readGaussians(gaussians, headerAround),
    layer: layer?.bytes.length ? decodeLayer(layer.bytes, layer.stepCode, header) : null,
    alpha: alpha ? decodeAlpha(alpha, header) : null,
  };
}

/**
 * Says what a file is, without decoding its Gaussians.
 * @param {Uint8Array} file
 * @returns {Info}
 * @throws {GsiError} corrupt, unsupported or limit
 */
export function readInfo(file) {
  const { sections, header, metadata, chunks } = open(file);
  const heads = chunks.map((chunk) => openGaussians(chunk.payloads.gaussians, headerOfGaussians(header, chunk)));
  const filled = heads.find(({ count }) => count);
  const texture = chunks.find(({ payloads }) => payloads.texture)?.payloads.texture;
  return {
    ...header,
    gaussians: heads.reduce((sum, { count }) => sum + count, 0),
    step: header.method === 'gsi' && filled ? stepOfCode(readStepCode(filled.reader)) : null,
    textureStep: texture ? stepOfCode(openTexture(texture).stepCode) : null,
    alpha: 'alpha' in chunks[0].payloads,
    profile: metadata.profile ?? null,
    exif: metadata.exif ?? null,
    xmp: metadata.xmp ?? null,
    bytes: file.length,
    bitsPerPixel: (8 * file.length) / (header.width * header.height),
    sections: sections.map(({ name, payload }) => ({ name, bytes: payload.length })),
  };
}

/** The sections of a file; a picture that is not divided is one chunk. */
function open(file) {
  const { sections, rest } = readSections(file);
  checkKnown(sections);
  if (sections[0]?.name !== 'header') throw corrupt('no header');
  const header = readHeader(sections[0].payload);
  const others = sections.slice(1).filter(({ type }) => type >= CRITICAL);
  const payloads = payloadsOf(others, header.chunkSide ? /^index$/ : PARTS);
  const metadata = readMetadata(sections, header);
  if (header.chunkSide) return { sections, header, metadata, chunks: readChunks(payloads.index, rest, header) };
  new ByteReader(rest).end();
  return { sections, header, metadata, chunks: [{ payloads }] };
}

function openGaussians(payload, header) {
  const reader = new ByteReader(payload);
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
  const reader = new ByteReader(payload);
  return { stepCode: readStepCode(reader), bytes: reader.rest() };
}
