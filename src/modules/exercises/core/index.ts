export * from './clock.js';
export * from './due.js';
export type { ScenarioFinding } from './finding.js';
export { lint } from './lint.js';
export * from './log.js';
export { readScenario, schemaFindings, writeScenario } from './read-scenario.js';
export * from './scenario.js';
export { scenarioSchema } from './scenario.schema.js';
export * from './score.js';
