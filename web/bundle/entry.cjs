// dist/gsi-image.min.js: the package and its element as one classic script, which is its own worker (scripts/web).
// Pages of files (file://) may start such workers, but none that are modules.
// In a worker there is no document: there it runs tasks, and defines no element.
module.exports = typeof document === 'undefined' ? require('../src/worker.js') : require('./page.js');
