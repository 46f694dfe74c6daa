// The one renderer of a page.
import { GpuRenderer } from './gpu-renderer.js';

let renderer;

/** @returns {GpuRenderer | null} null where the GPU cannot draw */
export function sharedRenderer() {
  if (renderer === undefined || renderer?.isLost) {
    try {
      renderer = new GpuRenderer();
    } catch {
      renderer = null;
    }
  }
  return renderer;
}
