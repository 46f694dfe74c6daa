// The element <gsi-image>: loading, attributes and events (README.md, In a page).
import { info, read, toBytes } from '../decode.js';
import { hasWorkers, runInWorker } from '../worker-pool.js';
import { listen } from './gestures.js';
import { Viewer } from './viewer.js';

const STYLE = `
  :host { display: inline-block; position: relative; overflow: hidden; touch-action: none; cursor: grab }
  :host(:active) { cursor: grabbing }
  canvas { position: absolute; inset: 0; width: 100%; height: 100% }
  div { height: 0 }
`;

/** Shows a .gsi picture as <img> would, with zoom and pan. */
export class GsiImage extends HTMLElement {
  static observedAttributes = ['src', 'alt', 'width', 'height', 'gaussians'];

  #shadow = this.attachShadow({ mode: 'open' });
  /** Its width is the picture's: so a box without a width gets that of the picture. */
  #sizer = document.createElement('div');
  #style = document.createElement('style');
  #bytes = null;
  #info = null;
  #picture = null;
  #viewer = null;
  #loading = new AbortController();

  constructor() {
    super();
    this.#shadow.append(this.#style, this.#sizer);
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

  /** Whether a picture has been decoded. */
  get complete() {
    return this.#picture !== null;
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
    if (!this.hasAttribute('role')) this.setAttribute('role', 'img');
    if (!this.hasAttribute('tabindex')) this.tabIndex = 0;
    if (this.#picture) this.#show();
    else this.#load();
  }

  disconnectedCallback() {
    this.#loading.abort();
    this.#hide();
  }

  attributeChangedCallback(name, before, value) {
    if (name === 'alt') this.ariaLabel = value;
    if (name === 'width' || name === 'height') this.#updateStyle();
    if (name === 'gaussians' && this.#viewer) this.#viewer.showsEllipses = value !== null;
    if (name === 'src' && value !== before) {
      this.#bytes = null;
      this.#load();
    }
  }

  async #load() {
    this.#loading.abort();
    if (!this.isConnected || !(this.#bytes || this.src)) return;
    this.#loading = new AbortController();
    const { signal } = this.#loading;
    try {
      const isInWorker = hasWorkers(); // one starts while the file comes
      const bytes = this.#bytes ? toBytes(this.#bytes) : await fetchBytes(this.src, signal);
      const about = info(bytes);
      const picture = isInWorker ? await runInWorker('read', [bytes.slice()], signal) : read(bytes);
      if (signal.aborted) return;
      this.#info = about;
      this.#picture = picture;
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
  }

  #hide() {
    this.#viewer?.dispose();
    this.#viewer?.canvas.remove();
    this.#viewer = null;
  }

  /** Shows the alternative text, and tells the page. */
  #fail(error) {
    this.#hide();
    this.#picture = this.#info = null;
    this.#updateStyle();
    this.#sizer.textContent = this.alt;
    this.dispatchEvent(new ErrorEvent('error', { error, message: error.message }));
  }

  #updateStyle() {
    const sides = ['width', 'height'].filter((side) => /^\d+$/.test(this.getAttribute(side) ?? ''));
    const ratio = this.#info ? [`aspect-ratio: ${this.#info.width} / ${this.#info.height}`] : [];
    const rules = [...ratio, ...sides.map((side) => `${side}: ${this.getAttribute(side)}px`)];
    this.#style.textContent = `${STYLE} :host { ${rules.join('; ')} }`;
    this.#sizer.style.width = this.#info ? `${this.#info.width}px` : '';
    this.#sizer.style.height = this.#info ? '' : 'auto';
  }
}

async function fetchBytes(url, signal) {
  const response = await fetch(url, { signal });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${response.statusText}`);
  return new Uint8Array(await response.arrayBuffer());
}
