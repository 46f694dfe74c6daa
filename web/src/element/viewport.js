// Where a picture is in its box: pure functions of zoom and pan. All lengths are in device pixels.

/** Most device pixels per pixel of the picture. */
const MAX_SCALE = 64;

/**
 * @typedef {object} Viewport
 * @property {number} scale device pixels per pixel of the picture
 * @property {number} x left border of the picture in the box
 * @property {number} y upper border
 */

/**
 * The whole picture in the middle of its box.
 * @param {{width: number, height: number}} picture
 * @param {{width: number, height: number}} box
 * @returns {Viewport}
 */
export function fit(picture, box) {
  const scale = Math.min(box.width / picture.width, box.height / picture.height);
  return contain({ scale, x: 0, y: 0 }, picture, box);
}

/** Zooms by a factor; the point (x, y) of the box stays where it is. */
export function zoom(viewport, factor, { x, y }, picture, box) {
  const least = fit(picture, box).scale;
  const scale = Math.min(Math.max(least, MAX_SCALE), Math.max(least, viewport.scale * factor));
  const ratio = scale / viewport.scale;
  return contain({ scale, x: x - (x - viewport.x) * ratio, y: y - (y - viewport.y) * ratio }, picture, box);
}

/** Moves the picture by (dx, dy). */
export function pan(viewport, dx, dy, picture, box) {
  return contain({ ...viewport, x: viewport.x + dx, y: viewport.y + dy }, picture, box);
}

/** Moves the picture so that it fills the box, or is in its middle where it is smaller. */
export function contain({ scale, x, y }, picture, box) {
  const place = (start, length, side) =>
    length <= side ? (side - length) / 2 : Math.min(0, Math.max(side - length, start));
  return {
    scale,
    x: place(x, picture.width * scale, box.width),
    y: place(y, picture.height * scale, box.height),
  };
}

/**
 * The part of the box that the picture covers, in whole pixels, and what to draw there.
 * @returns {{left: number, top: number, frame: Frame}}
 */
export function visiblePart({ scale, x, y }, picture, box) {
  const left = Math.max(0, Math.round(x));
  const top = Math.max(0, Math.round(y));
  const width = Math.max(1, Math.min(box.width, Math.round(x + picture.width * scale)) - left);
  const height = Math.max(1, Math.min(box.height, Math.round(y + picture.height * scale)) - top);
  return { left, top, frame: { scaleX: scale, scaleY: scale, x: left - x, y: top - y, width, height } };
}

/** A frame with fewer pixels; detail is 0 to 1. */
export function coarser({ scaleX, scaleY, x, y, width, height }, detail) {
  return {
    scaleX: scaleX * detail,
    scaleY: scaleY * detail,
    x: x * detail,
    y: y * detail,
    width: Math.ceil(width * detail),
    height: Math.ceil(height * detail),
  };
}

/**
 * Options of decode that draw a frame; they have whole numbers, so they may be off by half a pixel.
 */
export function optionsOfFrame({ scaleX, scaleY, x, y, width, height }, picture) {
  const fullWidth = Math.max(width, Math.round(picture.width * scaleX));
  const fullHeight = Math.max(height, Math.round(picture.height * scaleY));
  const within = (start, length, full) => Math.min(full - length, Math.max(0, Math.round(start)));
  const crop = { x: within(x, width, fullWidth), y: within(y, height, fullHeight), width, height };
  return { width: fullWidth, height: fullHeight, crop };
}
