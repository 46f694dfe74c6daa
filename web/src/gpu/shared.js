// The renderers of a page: one for each color space, since Chromium does not let a canvas change back to another.
import { GpuRenderer } from './gpu-renderer.js';

const renderers = new Map();

/**
 * @param {'srgb' | 'display-p3'} colorSpace
 * @returns {GpuRenderer | null} null where the GPU cannot draw
 */
export function sharedRenderer(colorSpace) {
  const known = renderers.get(colorSpace);
  if (known !== undefined && !known?.isLost) return known;
  let renderer = null;
  try {
    renderer = new GpuRenderer(colorSpace);
  } catch {
    // Without WebGL2 a worker draws.
  }
  renderers.set(colorSpace, renderer);
  return renderer;
}
