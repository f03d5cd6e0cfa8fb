export { readBundle, readObjects } from './read-bundle.js';
export { toBundle } from './to-bundle.js';
