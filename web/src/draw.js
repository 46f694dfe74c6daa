// Draws a picture at any size (SPEC.md section 5, Picture; at other sizes as `gsi decode` does).
import { makeGaussianPainter } from './gaussian-painter.js';
import { makeLayerPainter } from './layer-painter.js';
import { makeRowResampler, makeTaps } from './resample.js';
import { clamp, floor, max, min, times } from './functions.js';

/** Most pixels along a side that are drawn for one of a reduced picture. */
const OVERSAMPLING = 16;
/** Numbers of a band, about: they should fit into a processor's cache. */
const BAND_LENGTH = 2 ** 15;

/**
 * @param {Picture} picture
 * @param {View} view
 * @returns {{data: Uint8ClampedArray, width: number, height: number}} RGBA, as in an ImageData; not premultiplied
 * @throws {GsiError} limit
 */
export function drawPicture(picture, view) {
  const { header, alpha } = picture;
  const drawn = drawnSize(picture, view);
  const columns = makeTaps(drawn.width, view.fullWidth, view.x, view.width);
  const rows = makeTaps(drawn.height, view.fullHeight, view.y, view.height);
  const drawRows = prepareRows(picture, {
    scaleX: drawn.width / header.width,
    scaleY: drawn.height / header.height,
    x: columns.start,
    y: rows.start,
    width: columns.end - columns.start,
    height: rows.end - rows.start,
  });
  const pixels = new Uint8ClampedArray(4 * view.width * view.height).fill(255);
  drawRows(makeRowResampler(columns, rows, (planes, row) => setColors(pixels, row * view.width, planes)));
  if (alpha) setAlpha(pixels, alpha, header, view);
  return { data: pixels, width: view.width, height: view.height };
}

/** From its own size on, a picture is drawn at the size asked for; else larger, up to its own size, and reduced. */
function drawnSize({ header, layer, gaussians }, { fullWidth, fullHeight }) {
  const factor = gaussians.count ? OVERSAMPLING : 1;
  const side = (full, own) => (full >= own || layer ? max(full, own) : min(own, factor * full));
  return { width: side(fullWidth, header.width), height: side(fullHeight, header.height) };
}

/**
 * Prepares to draw rows from the top to the bottom.
 * @param {Picture} picture
 * @param {Frame} frame
 * @returns {(emit: (y: number, planes: Float64Array[], offset: number) => void) => void} `emit` takes a row of each
 *   channel, samples of 0 to 1
 * @throws {GsiError} limit
 */
function prepareRows({ header, gaussians, layer }, frame) {
  const { x, y, width, height, scaleX, scaleY } = frame;
  const bandRows = max(1, floor(BAND_LENGTH / width));
  const paintGaussians = makeGaussianPainter(gaussians, header.kernel, frame, bandRows);
  const places = (start, length, scale) => times(length, (i) => (start + i + 0.5) / scale, Float64Array);
  const paintLayer = layer && makeLayerPainter(layer, places(x, width, scaleX), places(y, height, scaleY));
  const planes = times(header.channels, () => new Float64Array(bandRows * width));
  const black = planes.map((_, c) => (header.base ? header.base[c] / (2 ** header.bitDepth - 1) : 0));
  return (emit) => {
    for (let top = 0; top < height; top += bandRows) {
      planes.forEach((plane, c) => plane.fill(black[c]));
      paintGaussians(planes, top);
      for (let row = top; row < min(top + bandRows, height); row++) {
        const offset = (row - top) * width;
        paintLayer?.(row, planes, offset);
        for (const plane of planes) clip(plane, offset, width);
        emit(y + row, planes, offset);
      }
    }
  };
}

function clip(plane, offset, length) {
  for (let k = offset; k < offset + length; k++) plane[k] = clamp(plane[k], 0, 1);
}

/** Sets red, green and blue of a row of pixels. */
function setColors(pixels, first, planes) {
  for (let c = 0; c < 3; c++) {
    const plane = planes[c % planes.length];
    for (let i = 0, k = 4 * first + c; i < plane.length; i++, k += 4) pixels[k] = sampleOf(plane[i] * 255);
  }
}

function setAlpha(pixels, alpha, header, view) {
  const columns = makeTaps(header.width, view.fullWidth, view.x, view.width);
  const rows = makeTaps(header.height, view.fullHeight, view.y, view.height);
  const resample = makeRowResampler(columns, rows, ([plane], row) => {
    for (let i = 0, k = 4 * row * view.width + 3; i < plane.length; i++, k += 4) pixels[k] = sampleOf(plane[i]);
  });
  for (let y = rows.start; y < rows.end; y++) resample(y, [alpha], y * header.width + columns.start);
}

/** Clips and rounds: a Uint8ClampedArray would round halves to even. */
const sampleOf = (value) => floor(clamp(value, 0, 255) + 0.5);
