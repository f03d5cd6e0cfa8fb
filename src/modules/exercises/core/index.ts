export * from './clock.js';
export * from './due.js';
export * from './log.js';
export * from './scenario.js';
export * from './score.js';
