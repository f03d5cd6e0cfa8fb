export { demoGroups } from './groups.js';
export { demoIncidents } from './incidents.js';
export type { DemoAudienceItem, DemoGroup, DemoLifecycle, DemoPlan } from './plan.js';
