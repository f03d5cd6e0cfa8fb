export { demoAdvisories } from './advisories.js';
export type { DemoAdvisory } from './advisories.js';
export { demoGroups } from './groups.js';
export { demoIncidents } from './incidents.js';
export type { DemoAudienceItem, DemoLifecycle, DemoPlan } from './plan.js';
export { demoRequests } from './requests.js';
export type { DemoRequest } from './requests.js';
