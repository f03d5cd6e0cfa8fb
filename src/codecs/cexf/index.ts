export { readCexf } from './document.js';
export type { CexfDocument } from './document.js';
export { COMPARISONS, judgeOf, whyUnsupported } from './judge.js';
export type { CexfComparison } from './judge.js';
