import type { Info } from './index.js';

/**
 * The element <gsi-image>. Events: `load` after the first drawing; `error`, an ErrorEvent whose `error` says why.
 */
export class GsiImage extends HTMLElement {
  /** Address of a .gsi file. */
  src: string;
  /** Alternative text. */
  alt: string;
  /** A whole file, instead of `src`. */
  bytes: Uint8Array | ArrayBuffer | null;
  /** Width in the page, in CSS pixels; set, it is the attribute. */
  width: number | string;
  height: number | string;
  /** Width of the picture in its own pixels, or 0 before it is known. */
  readonly naturalWidth: number;
  readonly naturalHeight: number;
  /** Whether a picture has been decoded. */
  readonly complete: boolean;
  /** What the file is, or null before that is known. */
  readonly info: Info | null;
  /** Device pixels per pixel of the picture. */
  readonly scale: number;
  /** Zooms by a factor; the point, in CSS pixels from the upper left corner, stays. Default: the middle. */
  zoomBy(factor: number, point?: { x: number; y: number }): void;
  /** Moves the picture, by CSS pixels. */
  panBy(dx: number, dy: number): void;
  /** Shows the whole picture. */
  resetZoom(): void;
}

declare global {
  interface HTMLElementTagNameMap {
    'gsi-image': GsiImage;
  }
}
