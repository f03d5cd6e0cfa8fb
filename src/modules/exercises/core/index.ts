export * from './clock.js';
export * from './log.js';
export * from './scenario.js';
