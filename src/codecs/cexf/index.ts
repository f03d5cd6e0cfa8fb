export { COMPARISONS, judgeOf, whyUnsupported } from './judge.js';
export type { CexfComparison, CexfTest } from './judge.js';
