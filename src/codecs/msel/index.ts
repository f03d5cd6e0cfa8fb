export { readMsel, writeMsel } from './msel.js';
export type { MselRow } from './msel.js';
