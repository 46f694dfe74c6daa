// The page of `gsi app`: sends a picture, watches its encoding, and saves the file.

const INTERVAL = 300; // milliseconds between questions
const MAX_UPLOAD = 2 ** 26; // bytes, as the server has it
/** Milliseconds after which a server that does not answer is taken to be gone. */
const PATIENCE = 10_000;

const find = (id) => document.getElementById(id);
const token = location.hash.slice(1);
let file = null;
/** The encoding that is watched: its job, and the address of the job. */
let current = null;
let ellipses = null;

async function ask(path, options = {}) {
  const response = await fetch(path, { ...options, headers: { 'X-Gsi-Token': token } });
  if (!response.ok) throw new Error(await response.text());
  return response;
}

const say = (text) => { find('status').textContent = text; };

function choose(chosen) {
  if (!chosen) return;
  stop();
  current = null;
  find('stop').disabled = find('bar').hidden = true;
  if (chosen.size > MAX_UPLOAD) {
    say(`${chosen.name} has more than ${MAX_UPLOAD} bytes.`);
    return;
  }
  file = chosen;
  find('start').disabled = false;
  find('hint').hidden = true;
  find('stage').hidden = false;
  showFinal(null);
  showEllipses(null);
  showPicture(URL.createObjectURL(chosen));
  say(`${chosen.name}, ${chosen.size} bytes`);
  find('numbers').textContent = '';
}

const showPicture = (url) => {
  const before = find('live').src;
  find('live').src = url;
  if (before.startsWith('blob:')) URL.revokeObjectURL(before);
};

/** Shows the file in the place of the live picture; null takes it away. */
function showFinal(bytes) {
  find('stage').querySelector('gsi-image')?.remove();
  find('save').hidden = !bytes;
  find('live').hidden = Boolean(bytes);
  if (!bytes) return;
  const element = document.createElement('gsi-image');
  element.alt = file.name;
  element.toggleAttribute('gaussians', find('show-ellipses').checked);
  element.bytes = bytes;
  find('stage').append(element);
  find('save').href = URL.createObjectURL(new Blob([bytes], { type: 'application/octet-stream' }));
  find('save').download = file.name.replace(/\.[^.]*$/, '') + '.gsi';
  showEllipses(null);
}

/** Shows Gaussians: rows of x, y, two radii in widths of the picture, and an angle. */
function showEllipses(rows) {
  ellipses = rows;
  const canvas = find('ellipses');
  const image = find('live');
  const context = canvas.getContext('2d');
  canvas.width = canvas.clientWidth * devicePixelRatio;
  canvas.height = canvas.clientHeight * devicePixelRatio;
  if (!rows || !find('show-ellipses').checked || !image.naturalWidth) return;
  const width = Math.min(canvas.width, canvas.height * image.naturalWidth / image.naturalHeight);
  const left = (canvas.width - width) / 2;
  const top = (canvas.height - width * image.naturalHeight / image.naturalWidth) / 2;
  context.beginPath();
  for (let i = 0; i < rows.length; i += 5) {
    const [x, y] = [left + rows[i] * width, top + rows[i + 1] * width];
    const [long, short, angle] = [rows[i + 2] * width, rows[i + 3] * width, rows[i + 4]];
    context.moveTo(x + long * Math.cos(angle), y + long * Math.sin(angle));
    context.ellipse(x, y, long, short, angle, 0, 2 * Math.PI);
  }
  for (const [style, lineWidth] of [['#0008', 2.5], ['#fffc', 1]]) {
    context.strokeStyle = style;
    context.lineWidth = lineWidth * devicePixelRatio;
    context.stroke();
  }
}

const fromBase64 = (text) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));

function showState(state) {
  const isOver = ['done', 'stopped', 'failed'].includes(state.status);
  find('stop').disabled = isOver;
  find('bar').hidden = state.status !== 'encoding';
  const stage = state.stage ? `, ${state.stage} ${state.iteration} of ${state.total}` : '';
  const texts = {
    waiting: 'Waiting for other encodings.',
    encoding: `Encoding${stage}`,
    done: `Done: ${state.bytes} bytes`,
    stopped: 'Stopped.',
    failed: `This did not work: ${state.error}`,
  };
  say([texts[state.status], ...state.warnings].join(' – '));
  if (state.total) find('bar').value = state.iteration / state.total;
  if (state.stage) {
    const psnr = state.psnr === null ? 'exact' : `${state.psnr.toFixed(2)} dB`;
    find('numbers').textContent = `${psnr}, ${state.gaussians} Gaussians, ${state.seconds} s`;
  }
  if (state.picture) {
    showPicture(state.picture);
    const rows = new Float32Array(fromBase64(state.ellipses).buffer);
    find('live').decode().then(() => showEllipses(rows), () => {});
  }
  return isOver;
}

/** Follows an encoding until it is over, or another is followed. */
async function watch(job) {
  let seen = 0;
  for (;;) {
    const state = await (await ask(`${job.path}?seen=${seen}`, { signal: AbortSignal.timeout(PATIENCE) })).json();
    if (job !== current) return;
    seen = state.seen;
    if (showState(state)) {
      if (state.status === 'done') showFinal(new Uint8Array(await (await ask(`${job.path}/file`)).arrayBuffer()));
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, INTERVAL));
  }
}

/** Ends an encoding; one that is still being sent ends as soon as it has an address. */
function stop(job = current) {
  if (!job) return;
  job.isStopped = true;
  if (job.path) ask(job.path, { method: 'DELETE', keepalive: true }).catch(() => {});
}

async function start() {
  stop();
  const query = new URLSearchParams(['target', 'value', 'effort'].map((id) => [id, find(id).value]));
  showFinal(null);
  say('Sending …');
  const job = { path: '' };
  current = job;
  find('start').disabled = true;
  try {
    const answer = await (await ask(`/jobs?${query}`, { method: 'POST', body: file })).json();
    job.path = `/jobs/${answer.job}`;
    if (job.isStopped) stop(job);
    find('start').disabled = false;
    await watch(job);
  } catch (error) {
    if (job !== current) return;
    say(error instanceof TypeError || error.name === 'TimeoutError' ? 'gsi app does not answer any more.' : error.message);
    find('stop').disabled = true;
    find('bar').hidden = true;
  }
  if (job === current) find('start').disabled = false;
}

find('file').addEventListener('change', (event) => choose(event.target.files[0]));
find('form').addEventListener('submit', (event) => {
  event.preventDefault();
  start();
});
find('stop').addEventListener('click', () => stop());
find('target').addEventListener('change', ({ target }) => {
  const { value } = target.selectedOptions[0].dataset;
  find('value').value = value;
});
find('show-ellipses').addEventListener('change', ({ target }) => {
  find('stage').querySelector('gsi-image')?.toggleAttribute('gaussians', target.checked);
  showEllipses(ellipses);
});
addEventListener('resize', () => showEllipses(ellipses));
const main = document.querySelector('main');
for (const type of ['dragover', 'dragleave', 'drop']) {
  main.addEventListener(type, (event) => {
    event.preventDefault();
    main.classList.toggle('over', type === 'dragover');
    if (type === 'drop') choose(event.dataTransfer.files[0]);
  });
}
addEventListener('pagehide', () => stop());
