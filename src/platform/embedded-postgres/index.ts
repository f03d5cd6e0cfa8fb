export { EmbeddedPostgres } from './embedded-postgres.js';
export { findRunning } from './running.js';
