// The address of the bundle itself, for its worker: of its file, or of its text where it is a part of the page.
const script = typeof document === 'undefined' ? null : document.currentScript;
const address = (text) => URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
/** No address: so that a worker is refused at once, and the page does its work. */
const NOWHERE = 'https://:';

export const bundleAddress = script ? script.src || address(script.textContent) : NOWHERE;
