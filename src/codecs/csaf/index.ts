export { advisoryOfCsaf } from './advisory-of-csaf.js';
export { toCsaf } from './to-csaf.js';
export { validateCsaf } from './validate.js';
export { csafFileName } from './provider/file-name.js';
export { openPgpKey } from './openpgp/index.js';
export type { CsafIssuer, PublishedDocument } from './provider/issuer.js';
export { providerTree, treeChange } from './provider/provider-tree.js';
export { aggregatorList, securityTxt } from './provider/region.js';
