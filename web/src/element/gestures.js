// Wheel, pointers and keys, as zoom and pan.

/** Zoom of one unit of a wheel's deltaY. */
const WHEEL_RATE = 1.002;
const LINE = 16;
const KEY_ZOOM = 1.5;
/** Part of the box that an arrow key moves by. */
const KEY_PAN = 0.1;
const ARROWS = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/**
 * Listens to an element. Lengths are in CSS pixels, points are from its upper left corner.
 * @param {HTMLElement} element
 * @param {object} actions
 * @param {(factor: number, point?: {x: number, y: number}) => boolean} actions.zoom says whether anything changed
 * @param {(dx: number, dy: number) => boolean} actions.pan
 * @param {() => boolean} actions.reset
 * @param {() => boolean} actions.toggle
 */
export function listen(element, actions) {
  const pointers = new Map();
  const pointOf = (event) => {
    const { left, top } = element.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  };
  // What changes nothing is left to the page: so a wheel scrolls on where the zoom ends.
  const consume = (event, hasChanged) => {
    if (hasChanged) event.preventDefault();
  };
  element.addEventListener('wheel', (event) => {
    const delta = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE : 1);
    consume(event, actions.zoom(WHEEL_RATE ** -delta, pointOf(event)));
  }, { passive: false });
  element.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    element.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, pointOf(event));
  });
  element.addEventListener('pointermove', (event) => {
    if (!pointers.has(event.pointerId)) return;
    const before = spanOf(pointers);
    pointers.set(event.pointerId, pointOf(event));
    const after = spanOf(pointers);
    actions.pan(after.x - before.x, after.y - before.y);
    if (before.length && after.length) actions.zoom(after.length / before.length, after);
  });
  for (const type of ['pointerup', 'pointercancel']) {
    element.addEventListener(type, (event) => pointers.delete(event.pointerId));
  }
  element.addEventListener('dblclick', () => actions.reset());
  element.addEventListener('keydown', (event) => {
    if (!event.ctrlKey && !event.metaKey && !event.altKey) consume(event, press(event.key, element, actions));
  });
}

function press(key, element, actions) {
  if (key === '+' || key === '=') return actions.zoom(KEY_ZOOM);
  if (key === '-') return actions.zoom(1 / KEY_ZOOM);
  if (key === '0') return actions.reset();
  if (key.toLowerCase() === 'g') return actions.toggle();
  if (!(key in ARROWS)) return false;
  const [dx, dy] = ARROWS[key];
  return actions.pan(dx * KEY_PAN * element.clientWidth, dy * KEY_PAN * element.clientHeight);
}

/** The middle of the pointers, and how far the first two are apart. */
function spanOf(pointers) {
  const points = [...pointers.values()];
  const mean = (axis) => points.reduce((sum, point) => sum + point[axis], 0) / points.length;
  const [a, b] = points;
  return { x: mean('x'), y: mean('y'), length: b ? Math.hypot(a.x - b.x, a.y - b.y) : 0 };
}
