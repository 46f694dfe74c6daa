// Defines the element <gsi-image> (README.md, In a page).
import { GsiImage } from './src/element/gsi-image.js';
import { startWorker } from './src/worker-pool.js';

if (globalThis.customElements && !customElements.get('gsi-image')) {
  customElements.define('gsi-image', GsiImage);
  startWorker(); // the first starts while the page goes on: it takes 50 ms
}

export { GsiImage };
