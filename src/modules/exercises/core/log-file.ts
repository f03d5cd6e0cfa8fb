import { createHash } from 'node:crypto';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ValidateFunction } from 'ajv';
import { canonicalJson } from '../../../kernel/canonical-json.js';
import { WATERMARK } from '../../../kernel/watermark.js';
import { UNSTARTED, advance } from './clock.js';
import type { ClockState } from './clock.js';
import type { ScenarioFinding } from './finding.js';
import { lint } from './lint.js';
import type { LogEntry } from './log.js';
import { logSchemas } from './log.schema.js';
import { findingOf, schemaFindings } from './read-scenario.js';
import type { Scenario } from './scenario.js';
import { scenarioSchema } from './scenario.schema.js';
import { Scorer, score } from './score.js';

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

/** What a file that is taken says of its run. */
export interface CheckedLog {
  heading: LogHeading;
  /** How many entries there are. */
  size: number;
  /** As the last of them left it. */
  clock: ClockState;
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
  // Of each line what is wrong first: it may hold as many values as a file, and all of them may be wrong.
  const ajv = new Ajv2020({ strict: false }).addSchema(scenarioSchema);
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
 * Looks through an exported log line by line, and keeps none of it. It is taken only where it is whole: the scenario is that
 * of its hash, entries are numbered without gaps and go forward in time, the run is over, and reckoned anew it is worth what
 * it says.
 */
export class LogCheck {
  private heading: LogHeading | null = null;
  private scorer: Scorer | null = null;
  private clock = UNSTARTED;
  private lines = 0;
  private before = '';
  /** Of lines by themselves; and of their order, which is not looked at where one is wrong. */
  private readonly faults: LogFault[] = [];
  private readonly disorder: LogFault[] = [];

  take(line: unknown): void {
    const at = this.lines++;
    if (at === 0) this.takeHeading(line);
    else if (this.scorer && this.faults.length < MOST_FAULTS) this.takeEntry(line, at, this.scorer);
  }

  /** Behind the last line. */
  finish(): { log: CheckedLog | null; faults: LogFault[] } {
    if (this.lines === 0) this.take(undefined);
    const { heading, scorer } = this;
    const faults = this.faults.length > 0 ? this.faults : this.disorder;
    if (!heading || !scorer || faults.length > 0) return { log: null, faults };
    const size = this.lines - 1;
    if (this.clock.state !== 'ended')
      return { log: null, faults: [{ pointer: `/${size}`, detail: 'The log ends before ENDEX.' }] };
    if (scorer.result().hash !== heading.scoreHash)
      return {
        log: null,
        faults: [{ pointer: '/0/scoreHash', detail: 'The entries are not worth what this says: they were changed.' }],
      };
    return { log: { heading, size, clock: this.clock }, faults };
  }

  private takeHeading(line: unknown): void {
    this.faults.push(...headingFaults(line));
    if (this.faults.length > 0) return;
    this.heading = line as LogHeading;
    this.scorer = new Scorer(this.heading.scenario);
  }

  private takeEntry(line: unknown, at: number, scorer: Scorer): void {
    const faults = entryFaults(line, at);
    this.faults.push(...faults);
    if (faults.length > 0) return;
    const entry = line as LogEntry;
    if (this.disorder.length < MOST_FAULTS) this.disorder.push(...disorderOf(entry, at, this.before));
    this.before = entry.at;
    if (this.faults.length > 0 || this.disorder.length > 0) return;
    this.clock = advance(this.clock, entry);
    scorer.take(entry);
  }
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

function disorderOf(entry: LogEntry, line: number, before: string): LogFault[] {
  const { seq, at } = entry;
  if (seq !== line) return [{ pointer: `/${line}/seq`, detail: `This must be ${line}.` }];
  if (Number.isNaN(Date.parse(at)) || before > at)
    return [{ pointer: `/${line}/at`, detail: 'This must be an instant, and none before that of the entry before.' }];
  return entry.kind === 'act' && entry.doneAt !== undefined && !(Date.parse(entry.doneAt) <= Date.parse(at))
    ? [{ pointer: `/${line}/doneAt`, detail: 'This must be an instant, and none after that of the entry.' }]
    : [];
}

function isTimeZone(timeZone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
