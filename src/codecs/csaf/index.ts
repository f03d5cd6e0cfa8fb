export { advisoryOfCsaf } from './advisory-of-csaf.js';
export { NotForCsaf, toCsaf } from './to-csaf.js';
export type { CsafOptions } from './to-csaf.js';
export { validateCsaf } from './validate.js';
export type { CsafFinding, CsafVerdict } from './validate.js';
