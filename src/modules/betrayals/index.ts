export type { Betrayal, Text } from './betrayal.js';
export { findBetrayals } from './find-betrayals.js';
export type { Setting } from './find-betrayals.js';
