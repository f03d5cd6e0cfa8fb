export { DISTRIBUTIONS } from './misp-event.js';
export type { Distribution, MispEvent, SharingGroup } from './misp-event.js';
export { readEvent } from './read-event.js';
export type { EventReading, ReadEvent } from './read-event.js';
export { toEvent } from './to-event.js';
export type { EventOptions } from './to-event.js';
