export * from './advisory.js';
export { cvssScore } from './cvss.js';
export type { CvssScore, CvssSeverity } from './cvss.js';
