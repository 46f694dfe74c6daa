// Defines the element <gsi-image> (README.md, In a page).
import { GsiImage } from './src/element/gsi-image.js';

if (globalThis.customElements && !customElements.get('gsi-image')) customElements.define('gsi-image', GsiImage);

export { GsiImage };
