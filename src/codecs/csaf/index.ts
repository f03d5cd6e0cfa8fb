export { advisoryOfCsaf } from './advisory-of-csaf.js';
export { toCsaf } from './to-csaf.js';
export { blockingFindings, validateCsaf } from './validate.js';
export type { CsafFinding } from './validate.js';
export { openPgpKey } from './openpgp/index.js';
export { CSAF_SHELVES, METADATA } from './provider/issuer.js';
export type { CsafIssuer, CsafShelf, ListedDocument } from './provider/issuer.js';
export { HASHES, hashFile, pathOf, protectedFiles, publicFiles } from './provider/provider-tree.js';
export { aggregatorList, securityTxt } from './provider/region.js';
