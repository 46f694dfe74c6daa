// The element <gsi-image>: loading, attributes and events (README.md, In a page).
import { info, toBytes } from '../decode.js';
import { perform } from '../worker-pool.js';
import { listen } from './gestures.js';
import { Viewer } from './viewer.js';

const STYLE = `
  :host { display: inline-block; width: fit-content; position: relative; overflow: hidden; cursor: grab }
  :host(:active) { cursor: grabbing }
  canvas { position: absolute; inset: 0; width: 100%; height: 100% }
  div { height: 0 }
`;

/** Shows a .gsi picture as <img> would, with zoom and pan. */
export class GsiImage extends (globalThis.HTMLElement ?? Object) { // a server has none, and defines no element
  static observedAttributes = ['src', 'alt', 'width', 'height', 'gaussians'];

  #shadow = this.attachShadow({ mode: 'open' });
  /** What it is to those who do not see it, unless the page says otherwise. */
  #internals = this.attachInternals();
  /** Its width is the picture's: so a box without a width gets that of the picture. */
  #sizer = document.createElement('div');
  /** A policy of the page may forbid <style>, but not this. */
  #style = new CSSStyleSheet();
  #bytes = null;
  #info = null;
  #picture = null;
  /** Whether this is what `src` or `bytes` says now. */
  #isComplete = false;
  #viewer = null;
  #loading = new AbortController();

  constructor() {
    super();
    this.#internals.role = 'img';
    this.#shadow.adoptedStyleSheets = [this.#style];
    this.#shadow.append(this.#sizer);
    listen(this, {
      zoom: (...args) => this.#viewer?.zoom(...args) ?? false,
      pan: (...args) => this.#viewer?.pan(...args) ?? false,
      reset: () => this.#viewer?.reset() ?? false,
      toggle: () => {
        this.toggleAttribute('gaussians');
        return true;
      },
    });
  }

  /** A whole file, instead of `src`. */
  get bytes() {
    return this.#bytes;
  }

  set bytes(bytes) {
    this.#bytes = bytes;
    this.#load();
  }

  /** Width in the page, in CSS pixels. */
  get width() {
    return this.offsetWidth;
  }

  set width(width) {
    this.setAttribute('width', width);
  }

  /** Height in the page, in CSS pixels. */
  get height() {
    return this.offsetHeight;
  }

  set height(height) {
    this.setAttribute('height', height);
  }

  get src() {
    return this.getAttribute('src') ?? '';
  }

  set src(url) {
    this.setAttribute('src', url);
  }

  get alt() {
    return this.getAttribute('alt') ?? '';
  }

  set alt(text) {
    this.setAttribute('alt', text);
  }

  /** Width of the picture in its own pixels, or 0 before it is known. */
  get naturalWidth() {
    return this.#info?.width ?? 0;
  }

  /** Height of the picture in its own pixels, or 0 before it is known. */
  get naturalHeight() {
    return this.#info?.height ?? 0;
  }

  /** Whether the picture has been decoded. */
  get complete() {
    return this.#isComplete;
  }

  /** What the file is, as `info` says it, or null before that is known. */
  get info() {
    return this.#info;
  }

  /** Device pixels per pixel of the picture. */
  get scale() {
    return this.#viewer?.scale ?? 0;
  }

  /** Zooms by a factor; the point, in CSS pixels from the upper left corner, stays. */
  zoomBy(factor, point) {
    this.#viewer?.zoom(factor, point);
  }

  /** Moves the picture, by CSS pixels. */
  panBy(dx, dy) {
    this.#viewer?.pan(dx, dy);
  }

  /** Shows the whole picture. */
  resetZoom() {
    this.#viewer?.reset();
  }

  connectedCallback() {
    if (!this.hasAttribute('tabindex')) this.tabIndex = 0;
    if (Object.hasOwn(this, 'bytes')) { // set before the element was defined
      const { bytes } = this;
      delete this.bytes;
      this.#bytes = bytes;
    }
    if (this.#isComplete) this.#show();
    else this.#load();
  }

  disconnectedCallback() {
    this.#loading.abort();
    this.#hide();
  }

  attributeChangedCallback(name, before, value) {
    if (name === 'alt') {
      this.#internals.ariaLabel = value;
      this.#internals.role = value === '' ? 'none' : 'img';
      if (this.#sizer.textContent) this.#sizer.textContent = value;
    }
    if (name === 'width' || name === 'height') this.#updateStyle();
    if (name === 'gaussians' && this.#viewer) this.#viewer.showsEllipses = value !== null;
    if (name === 'src' && (value !== before || this.#bytes || !this.#isComplete)) {
      this.#bytes = null;
      this.#load();
    }
  }

  async #load() {
    this.#loading.abort();
    this.#isComplete = false;
    if (!this.isConnected) return;
    this.#loading = new AbortController();
    const { signal } = this.#loading;
    try {
      await null; // what else is set, and who else listens, in the same breath
      if (signal.aborted) return;
      if (!this.#bytes && !this.src) {
        this.#clear('');
        return;
      }
      const bytes = this.#bytes ? toBytes(this.#bytes) : await fetchBytes(this.src, signal);
      const about = info(bytes);
      const picture = await perform('read', [bytes.slice()], signal);
      if (signal.aborted) return;
      this.#info = about;
      this.#picture = picture;
      this.#isComplete = true;
      this.#updateStyle();
      this.#show();
    } catch (error) {
      if (!signal.aborted) this.#fail(error);
    }
  }

  #show() {
    this.#hide();
    let isFirst = true;
    const onDrawn = () => {
      if (isFirst) this.dispatchEvent(new Event('load'));
      isFirst = false;
    };
    this.#viewer = new Viewer(this.#picture, onDrawn, (error) => this.#fail(error));
    this.#viewer.showsEllipses = this.hasAttribute('gaussians');
    this.#sizer.textContent = '';
    this.#shadow.append(this.#viewer.canvas);
    if (!this.#viewer.hasBox) onDrawn();
  }

  #hide() {
    this.#viewer?.dispose();
    this.#viewer?.canvas.remove();
    this.#viewer = null;
  }

  /** Shows the alternative text, and tells the page. */
  #fail(error) {
    this.#clear(this.alt);
    this.dispatchEvent(new ErrorEvent('error', { error, message: error.message }));
  }

  /** Shows a text, and no picture. */
  #clear(text) {
    this.#hide();
    this.#picture = this.#info = null;
    this.#isComplete = false;
    this.#updateStyle();
    this.#sizer.textContent = text;
  }

  #updateStyle() {
    const lengths = ['width', 'height'].map((side) => this.getAttribute(side)?.match(/^\s*(\d+\.?\d*)(%?)/) ?? []);
    const [[width, isPart], [height, isShare]] = lengths.map(([, number, unit]) => [number, unit]);
    // Until the picture is there, its attributes keep its place.
    const shape = this.#info ?? (width > 0 && height > 0 && !isPart && !isShare ? { width, height } : null);
    const rules = [`aspect-ratio: ${shape ? `${shape.width} / ${shape.height}` : 'auto'}`];
    if (width) rules.push(`width: ${width}${isPart || 'px'}`);
    if (height) rules.push(`height: ${height}${isShare || 'px'}`);
    this.#style.replaceSync(`${STYLE} :host { ${rules.join('; ')} }`);
    this.#sizer.style.width = this.#info ? `${this.#info.width}px` : '';
    this.#sizer.style.height = this.#info ? '' : 'auto';
  }
}

async function fetchBytes(url, signal) {
  const response = await fetch(url, { signal });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${response.statusText}`);
  return new Uint8Array(await response.arrayBuffer());
}
