import type { Fault } from '../../kernel/problem.js';
import { textFaults } from '../../kernel/text-faults.js';
import { lint, readScenario, scenarioOfCexf, schemaFindings } from './core/index.js';
import type { Inject, Scenario, ScenarioFinding } from './core/index.js';

/** A scenario as it was sent: an object, or a text of YAML or JSON. */
export interface SentScenario {
  document?: Record<string, unknown>;
  text?: string;
  /** What it is written in: Ronda's own where it is left out. */
  format?: ScenarioFormat;
}

export const SCENARIO_FORMATS = ['ronda', 'cexf'] as const;
export type ScenarioFormat = (typeof SCENARIO_FORMATS)[number];

/** What it says, where it is one at all, and all that is wrong with it. */
export function read({ document, text, format }: SentScenario): {
  scenario: Scenario | null;
  findings: ScenarioFinding[];
} {
  if (format === 'cexf') return readAsCexf(document, text);
  if (text !== undefined) return readScenario(text);
  const findings = schemaFindings(document);
  if (findings.length > 0) return { scenario: null, findings };
  const scenario = document as unknown as Scenario;
  return { scenario, findings: lint(scenario) };
}

/** Findings of what it became are of the scenario: the document has no place for most of them. */
function readAsCexf(document: unknown, text: string | undefined): ReturnType<typeof read> {
  let json = document;
  if (text !== undefined)
    try {
      json = JSON.parse(text);
    } catch {
      const detail = 'A document of the Common Exercise Format is JSON.';
      return { scenario: null, findings: [{ rule: 'syntax', severity: 'error', pointer: '', detail }] };
    }
  const unstorable = textFaults(json, '');
  const { scenario, faults } = unstorable.length > 0 ? { scenario: null, faults: unstorable } : scenarioOfCexf(json);
  if (!scenario)
    return { scenario, findings: faults.map((fault) => ({ ...fault, rule: 'schema', severity: 'error' as const })) };
  return read({ document: scenario as unknown as Record<string, unknown> });
}

const isError = ({ severity }: ScenarioFinding): boolean => severity === 'error';

/** What keeps it from being played. Where it came as text, the sentence says the line: a pointer into a text is none. */
export const faultsOf = (findings: readonly ScenarioFinding[], sent: SentScenario): Fault[] =>
  findings
    .filter(isError)
    .map(({ pointer, detail, line, column }) =>
      sent.text === undefined
        ? { pointer: `/document${pointer}`, detail }
        : { pointer: '/text', detail: `Line ${line ?? 1}, column ${column ?? 1} (${pointer}): ${detail}` },
    );

/** What is wrong with an inject that is added to what is played. */
export function injectFaults(inject: Inject, script: Scenario): Fault[] {
  const at = `/injects/${script.injects.length}`;
  const { findings } = read({ document: { ...script, injects: [...script.injects, inject] } });
  return findings
    .filter(isError)
    .filter(({ pointer }) => pointer === at || pointer.startsWith(`${at}/`))
    .map(({ pointer, detail }) => ({ pointer: `/inject${pointer.slice(at.length)}`, detail }));
}
