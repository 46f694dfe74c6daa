// Draws a picture into a canvas, again and again as the view changes.
import { toImageData } from '../decode.js';
import { canvasColorSpace } from '../header.js';
import { sharedRenderer } from '../gpu/shared.js';
import { perform } from '../worker-pool.js';
import { drawEllipses } from './ellipses.js';
import { coarser, contain, fit, optionsOfFrame, pan, visiblePart, zoom } from './viewport.js';

/** While the view changes, frames of the GPU should take at most this many milliseconds. */
const SLOW = 60;
const FAST = 25;
/** Beyond this, frames do not follow each other. */
const PAUSE = 400;
/** The coarsest drawing of a slow GPU, in pixels per pixel of the device. */
const COARSEST = 1 / 8;
/** When nothing has changed for so many milliseconds, the picture is drawn at full sharpness again. */
const SETTLE = 120;

/**
 * From its own size on, the GPU draws the picture at once. Below, or without a GPU, a worker draws it: until that is
 * done, what was drawn before is shown, stretched to its new place. Where the GPU is slow, its drawings are coarser
 * while the view changes.
 */
export class Viewer {
  /** The canvas, with one pixel for each pixel of the device. */
  canvas = document.createElement('canvas');
  #picture;
  #context;
  #observer;
  #box = { width: 0, height: 0 };
  #viewport = null;
  #isFitted = true;
  #showsEllipses = false;
  #frameRequest = 0;
  #settleTimer = 0;
  #lastFrame = 0;
  /** How long its drawing took, in milliseconds, as far as this thread waited for it. */
  #drawingTime = 0;
  /** Pixels that are drawn per pixel of the device while the view changes. */
  #resolution = 1;
  #loaded = null;
  #isWorking = false;
  /** Drawings of the worker: the first, of the whole picture, and the last. Each has an image and its viewport. */
  #drawings = [];
  #ending = new AbortController();
  #onDrawn;
  #onError;

  /**
   * @param {Picture} picture
   * @param {() => void} onDrawn is called after each drawing that is sharp
   * @param {(error: Error) => void} onError is called where the picture cannot be drawn
   */
  constructor(picture, onDrawn, onError) {
    this.#picture = picture;
    this.#onDrawn = onDrawn;
    this.#onError = onError;
    this.#context = this.canvas.getContext('2d', { colorSpace: canvasColorSpace(picture.header) });
    this.#setFitted(true);
    this.#observer = new ResizeObserver(this.#resize);
    this.#observer.observe(this.canvas);
    addEventListener('resize', this.#resize); // a page that is zoomed has other device pixels
  }

  /** Frees what the GPU holds, and stops. */
  dispose() {
    this.#ending.abort();
    this.#observer.disconnect();
    removeEventListener('resize', this.#resize);
    cancelAnimationFrame(this.#frameRequest);
    clearTimeout(this.#settleTimer);
    if (this.#loaded) this.#loaded.renderer.release(this.#loaded);
  }

  /** Device pixels per pixel of the picture. */
  get scale() {
    return this.#viewport?.scale ?? 0;
  }

  /** Whether Gaussians are shown as ellipses. */
  set showsEllipses(value) {
    this.#showsEllipses = value;
    this.#request();
  }

  /** Zooms by a factor; the point, in CSS pixels, stays. @returns {boolean} whether anything changed */
  zoom(factor, { x = this.canvas.clientWidth / 2, y = this.canvas.clientHeight / 2 } = {}) {
    const point = { x: x * devicePixelRatio, y: y * devicePixelRatio };
    return this.#change((...sizes) => zoom(this.#viewport, factor, point, ...sizes));
  }

  /** Moves the picture, by CSS pixels. @returns {boolean} whether anything changed */
  pan(dx, dy) {
    return this.#change((...sizes) => pan(this.#viewport, dx * devicePixelRatio, dy * devicePixelRatio, ...sizes));
  }

  /** Shows the whole picture. @returns {boolean} whether anything changed */
  reset() {
    return this.#change(fit);
  }

  #change(makeViewport) {
    if (!this.#viewport) return false;
    const before = this.#viewport;
    const { header } = this.#picture;
    const after = makeViewport(header, this.#box);
    if (!Object.values(after).every(Number.isFinite)) return false; // of a factor, or lengths, that are no numbers
    this.#viewport = after;
    this.#setFitted(after.scale === fit(header, this.#box).scale);
    const hasChanged = ['scale', 'x', 'y'].some((name) => this.#viewport[name] !== before[name]);
    if (hasChanged) this.#request();
    return hasChanged;
  }

  /** A finger moves the page over a picture that is whole, and the picture where it is not. */
  #setFitted(isFitted) {
    this.#isFitted = isFitted;
    this.canvas.style.touchAction = isFitted ? 'pan-x pan-y' : 'none';
  }

  /** Whether there is anything to draw into. */
  get hasBox() {
    return this.#measure().every(Boolean);
  }

  /** Width and height, in pixels of the device. */
  #measure() {
    const { width, height } = this.canvas.getBoundingClientRect();
    return [width, height].map((side) => Math.round(side * devicePixelRatio));
  }

  #resize = () => {
    const [width, height] = this.#measure();
    if (width === 0 || height === 0 || (width === this.#box.width && height === this.#box.height)) return;
    const { header } = this.#picture;
    this.#box = { width, height };
    this.#viewport = this.#isFitted ? fit(header, this.#box) : contain(this.#viewport, header, this.#box);
    this.canvas.width = width;
    this.canvas.height = height;
    this.#draw();
  };

  #request() {
    cancelAnimationFrame(this.#frameRequest);
    this.#frameRequest = requestAnimationFrame((time) => this.#animate(time));
  }

  /** Draws a frame of a view that changes. */
  #animate(time) {
    const start = performance.now();
    // The first frames of a slow GPU take longer than a pause between two gestures: so their own time counts, too.
    const sinceLast = time - this.#lastFrame;
    const elapsed = sinceLast < PAUSE ? sinceLast : this.#drawingTime;
    this.#lastFrame = time;
    if (elapsed > SLOW) this.#resolution = Math.max(COARSEST, this.#resolution / 2);
    if (elapsed < FAST) this.#resolution = Math.min(1, this.#resolution * 2);
    clearTimeout(this.#settleTimer);
    this.#draw(this.#resolution);
    this.#drawingTime = performance.now() - start;
    if (this.#resolution < 1) this.#settleTimer = setTimeout(() => this.#draw(), SETTLE);
  }

  #draw(resolution = 1) {
    if (!this.#viewport) return;
    const part = visiblePart(this.#viewport, this.#picture.header, this.#box);
    this.#context.clearRect(0, 0, this.#box.width, this.#box.height);
    const isDrawn = this.#drawWithGpu(part, resolution);
    if (!isDrawn) this.#drawPreview();
    if (this.#showsEllipses) drawEllipses(this.#context, this.#picture.gaussians, this.#viewport);
    if (!isDrawn) this.#work(part);
    else if (resolution === 1) this.#onDrawn();
  }

  /** @returns {boolean} whether the GPU could draw this */
  #drawWithGpu({ left, top, frame }, resolution) {
    const renderer = sharedRenderer(canvasColorSpace(this.#picture.header));
    if (!renderer?.canDraw(this.#picture, frame)) return false;
    const detail = Math.max(resolution, 1 / frame.scaleX);
    const drawn = coarser(frame, detail);
    if (this.#loaded?.renderer !== renderer) this.#loaded = { ...renderer.load(this.#picture), renderer };
    renderer.draw(this.#loaded, drawn);
    this.#context.drawImage(renderer.canvas, left, top, drawn.width / detail, drawn.height / detail);
    return true;
  }

  #drawPreview() {
    const { scale, x, y } = this.#viewport;
    for (const { image, left, top, viewport } of this.#drawings) {
      const ratio = scale / viewport.scale;
      const place = [x + (left - viewport.x) * ratio, y + (top - viewport.y) * ratio];
      this.#context.drawImage(image, ...place, image.width * ratio, image.height * ratio);
    }
  }

  /** Draws in a worker, unless that is already going on or done. */
  async #work({ left, top, frame }) {
    const viewport = this.#viewport;
    if (this.#isWorking || this.#drawings.at(-1)?.viewport === viewport) return;
    this.#isWorking = true;
    try {
      const options = optionsOfFrame(frame, this.#picture.header);
      const pixels = await perform('draw', [this.#picture, options], this.#ending.signal);
      const image = await createImageBitmap(toImageData(pixels));
      if (this.#ending.signal.aborted) return;
      this.#drawings = [this.#drawings[0], { image, left, top, viewport }].filter(Boolean);
      this.#isWorking = false;
      this.#draw();
      this.#onDrawn();
    } catch (error) {
      if (!this.#ending.signal.aborted) this.#onError(error);
    }
  }
}
