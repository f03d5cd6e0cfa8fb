export { readBundle, readObjects } from './read-bundle.js';
export type { BundleReading, ReadBundle, ReadObject } from './read-bundle.js';
export { objectFaults } from './faults.js';
export type { Markings } from './markings.js';
export type { StixObject } from './stix-object.js';
export { toBundle } from './to-bundle.js';
export type { StixBundle } from './to-bundle.js';
