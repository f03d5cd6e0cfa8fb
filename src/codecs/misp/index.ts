export { readEvent } from './read-event.js';
export { toEvent } from './to-event.js';
