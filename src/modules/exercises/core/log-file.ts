import { createHash } from 'node:crypto';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ValidateFunction } from 'ajv';
import { canonicalJson } from '../../../kernel/canonical-json.js';
import { WATERMARK } from '../../../kernel/watermark.js';
import { clock } from './clock.js';
import type { ScenarioFinding } from './finding.js';
import { lint } from './lint.js';
import type { LogEntry } from './log.js';
import { logSchemas } from './log.schema.js';
import { findingOf, schemaFindings } from './read-scenario.js';
import type { Scenario } from './scenario.js';
import { scenarioSchema } from './scenario.schema.js';
import { score } from './score.js';

export const LOG_FORMAT = 'ronda-exercise-log/1';

/** The first line of an exported log; an entry is each line behind it. */
export interface LogHeading {
  format: typeof LOG_FORMAT;
  watermark: typeof WATERMARK;
  tags: ['rsit:test="test"'];
  exercise: { id: string; title: string; scenario: { id: string; version: number } };
  /** Lower-case hex SHA-256 of the canonical JSON of the scenario. */
  scenarioHash: string;
  /** Of the log as it is here. */
  scoreHash: string;
  scenario: Scenario;
}

export interface LogFile {
  heading: LogHeading;
  entries: LogEntry[];
}

/** What is wrong, by line of the file from 0 on, and pointer within it. */
export type LogFault = Pick<ScenarioFinding, 'pointer' | 'detail'>;

const scenarioHash = (scenario: Scenario): string => createHash('sha256').update(canonicalJson(scenario)).digest('hex');

export const logHeading = (
  exercise: LogHeading['exercise'],
  scenario: Scenario,
  entries: readonly LogEntry[],
): LogHeading => ({
  format: LOG_FORMAT,
  watermark: WATERMARK,
  tags: ['rsit:test="test"'],
  exercise,
  scenarioHash: scenarioHash(scenario),
  scoreHash: score(scenario, entries).hash,
  scenario,
});

const MOST_FAULTS = 100;
const uuid = '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$';

const headingSchema = {
  type: 'object',
  properties: {
    format: { const: LOG_FORMAT },
    exercise: {
      type: 'object',
      properties: {
        id: { type: 'string', pattern: uuid },
        title: { type: 'string', minLength: 1, maxLength: 200 },
        scenario: {
          type: 'object',
          properties: {
            id: { type: 'string', pattern: uuid },
            version: { type: 'integer', minimum: 1, maximum: 1_000_000 },
          },
          required: ['id', 'version'],
        },
      },
      required: ['id', 'title', 'scenario'],
    },
    scenarioHash: { type: 'string' },
    scoreHash: { type: 'string' },
    scenario: { type: 'object' },
  },
  required: ['format', 'exercise', 'scenarioHash', 'scoreHash', 'scenario'],
};

let compiled: { heading: ValidateFunction; entries: ReadonlyMap<string, ValidateFunction> } | null = null;

/** Compiling takes some 50 ms, and most processes never read a log. */
function validators(): NonNullable<typeof compiled> {
  if (compiled) return compiled;
  const ajv = new Ajv2020({ allErrors: true, strict: false }).addSchema(scenarioSchema);
  const entries = new Map([...logSchemas].map(([kind, schema]) => [kind, ajv.compile(schema)]));
  return (compiled = { heading: ajv.compile(headingSchema), entries });
}

const faultsBy = (validate: ValidateFunction, value: unknown, at: string): LogFault[] =>
  validate(value)
    ? []
    : (validate.errors ?? [])
        .flatMap(findingOf)
        .map(({ pointer, detail }) => ({ pointer: `${at}${pointer}`, detail }))
        .slice(0, MOST_FAULTS);

/**
 * Reads the lines of an exported log. It is taken only where it is whole: the scenario is that of its hash, entries are
 * numbered without gaps and go forward in time, the run is over, and reckoned anew it is worth what it says.
 */
export function readLogFile([first, ...rest]: readonly unknown[]): { file: LogFile | null; faults: LogFault[] } {
  const faults = headingFaults(first);
  if (faults.length > 0) return { file: null, faults };
  const heading = first as LogHeading;
  faults.push(...rest.flatMap((entry, index) => entryFaults(entry, index + 1)).slice(0, MOST_FAULTS));
  if (faults.length > 0) return { file: null, faults };
  const entries = rest as LogEntry[];
  faults.push(...orderFaults(entries).slice(0, MOST_FAULTS));
  if (faults.length === 0 && clock(entries).state !== 'ended')
    faults.push({ pointer: `/${rest.length}`, detail: 'The log ends before ENDEX.' });
  if (faults.length === 0 && score(heading.scenario, entries).hash !== heading.scoreHash)
    faults.push({ pointer: '/0/scoreHash', detail: 'The entries are not worth what this says: they were changed.' });
  return { file: faults.length === 0 ? { heading, entries } : null, faults };
}

function headingFaults(first: unknown): LogFault[] {
  const faults = faultsBy(validators().heading, first, '/0');
  if (faults.length > 0) return faults;
  const { scenario, scenarioHash: hash } = first as LogHeading;
  const findings = schemaFindings(scenario);
  const wrong = (findings.length > 0 ? findings : lint(scenario)).filter(({ severity }) => severity === 'error');
  if (wrong.length > 0)
    return wrong.map(({ pointer, detail }) => ({ pointer: `/0/scenario${pointer}`, detail })).slice(0, MOST_FAULTS);
  return scenarioHash(scenario) === hash
    ? []
    : [{ pointer: '/0/scenarioHash', detail: 'The scenario is another than this says: it was changed.' }];
}

function entryFaults(entry: unknown, line: number): LogFault[] {
  const kind = typeof entry === 'object' && entry !== null && 'kind' in entry ? entry.kind : undefined;
  const validate = validators().entries.get(String(kind));
  if (!validate) return [{ pointer: `/${line}/kind`, detail: 'A log has no entry of this kind.' }];
  const faults = faultsBy(validate, entry, `/${line}`);
  if (faults.length > 0 || kind !== 'joined') return faults;
  const { team } = entry as Extract<LogEntry, { kind: 'joined' }>;
  return isTimeZone(team.timeZone)
    ? []
    : [{ pointer: `/${line}/team/timeZone`, detail: 'This is no time zone of IANA.' }];
}

const orderFaults = (entries: readonly LogEntry[]): LogFault[] =>
  entries.flatMap((entry, index) => {
    const { seq, at } = entry;
    const before = entries[index - 1];
    if (seq !== index + 1) return [{ pointer: `/${index + 1}/seq`, detail: `This must be ${index + 1}.` }];
    const isInstant = !Number.isNaN(Date.parse(at));
    if (!isInstant || (before && before.at > at))
      return [
        { pointer: `/${index + 1}/at`, detail: 'This must be an instant, and none before that of the entry before.' },
      ];
    if (entry.kind === 'act' && entry.doneAt !== undefined && !(Date.parse(entry.doneAt) <= Date.parse(at)))
      return [
        { pointer: `/${index + 1}/doneAt`, detail: 'This must be an instant, and none after that of the entry.' },
      ];
    return [];
  });

function isTimeZone(timeZone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
