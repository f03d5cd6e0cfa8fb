import type { Fault } from '../../kernel/problem.js';
import { lint, readScenario, schemaFindings } from './core/index.js';
import type { Inject, Scenario, ScenarioFinding } from './core/index.js';

/** A scenario as it was sent: an object, or a text of YAML or JSON. */
export interface SentScenario {
  document?: Record<string, unknown>;
  text?: string;
}

/** What it says, where it is one at all, and all that is wrong with it. */
export function read({ document, text }: SentScenario): { scenario: Scenario | null; findings: ScenarioFinding[] } {
  if (text !== undefined) return readScenario(text);
  const findings = schemaFindings(document);
  if (findings.length > 0) return { scenario: null, findings };
  const scenario = document as unknown as Scenario;
  return { scenario, findings: lint(scenario) };
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
