export { bundleText } from './bundle-text.js';
export { readBundle, readObjects } from './read-bundle.js';
export type { BundleReading, ReadBundle, ReadObject } from './read-bundle.js';
export { recalledObjects, sharedObjects } from './shared-objects.js';
export type { StixObject } from './stix-object.js';
export { toBundle } from './to-bundle.js';
