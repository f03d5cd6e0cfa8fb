export { PROFILES, verisFaults } from './faults.js';
export type { Profile } from './faults.js';
export { incidentOfVeris } from './incident-of-veris.js';
