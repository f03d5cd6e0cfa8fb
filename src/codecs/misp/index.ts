export { FACTS_OBJECT, timeOf } from './misp-event.js';
export type { Distribution, MispEvent } from './misp-event.js';
export { openPartOf } from './own-parts.js';
export { readEvent } from './read-event.js';
export type { ReadEvent } from './read-event.js';
export { toEvent } from './to-event.js';
export { attributeTypeOf } from './types.js';
