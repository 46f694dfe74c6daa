// What the bundle gives to a page, as the global object gsiImage.
export { GsiError, decode, decodeSync, info } from '../index.js';
export { GsiImage } from '../element.js';
