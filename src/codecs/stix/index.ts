export { bundleText } from './bundle-text.js';
export { objectFaults } from './faults.js';
export { isTimestamp } from './formats.js';
export { MOST_FAULTS, readBundle, readObjects, readSound } from './read-bundle.js';
export type { PlacedFault, ReadBundle, ReadObject } from './read-bundle.js';
export { recalledObjects, sharedObjects } from './shared-objects.js';
export type { StixObject } from './stix-object.js';
export { toBundle } from './to-bundle.js';
