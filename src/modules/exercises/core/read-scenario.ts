import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ErrorObject, ValidateFunction } from 'ajv';
import { LineCounter, isNode, isSeq, parseDocument, stringify } from 'yaml';
import type { Document, Node } from 'yaml';
import { textFaults } from '../../../kernel/text-faults.js';
import { stepsOf } from './finding.js';
import type { ScenarioFinding } from './finding.js';
import { lint } from './lint.js';
import type { Scenario } from './scenario.js';
import { scenarioSchema } from './scenario.schema.js';

/** Compiling takes some 30 ms, and most processes never read a scenario. */
let validator: ValidateFunction | null = null;

const MOST_FINDINGS = 200;

/** What a document lacks to be a scenario, by the published schema, and what of it cannot be kept. */
export function schemaFindings(document: unknown): ScenarioFinding[] {
  validator ??= new Ajv2020({ allErrors: true, strict: false }).compile(scenarioSchema);
  // An escape in YAML or JSON writes what no database keeps.
  if (validator(document))
    return textFaults(document, '')
      .slice(0, MOST_FINDINGS)
      .map((fault) => ({ rule: 'syntax', severity: 'error', ...fault }));
  const seen = new Set<string>();
  return (validator.errors ?? [])
    .flatMap(findingOf)
    .filter(({ pointer, detail }) => !seen.has(pointer + detail) && seen.add(pointer + detail))
    .slice(0, MOST_FINDINGS);
}

/** A fault of the schema as a sentence at its pointer. */
export function findingOf({ instancePath, keyword, params, schemaPath, message = '' }: ErrorObject): ScenarioFinding[] {
  // Why each branch of a choice failed says less than that none was taken.
  if (schemaPath.includes('/oneOf/')) return [];
  const at = (pointer: string, detail: string): ScenarioFinding[] => [
    { rule: 'schema', severity: 'error', pointer, detail },
  ];
  switch (keyword) {
    case 'required':
      return at(`${instancePath}/${String(params.missingProperty)}`, 'This is missing.');
    case 'additionalProperties':
      return at(`${instancePath}/${String(params.additionalProperty)}`, 'There is no such member here.');
    case 'enum':
      return at(instancePath, `This must be one of ${(params.allowedValues as unknown[]).join(', ')}.`);
    case 'oneOf':
      return at(instancePath, 'This is none of the forms that it can have.');
    default:
      return at(instancePath, `This ${message}.`);
  }
}

/**
 * Reads a scenario as people write it, YAML 1.2 or JSON, and says everything that is wrong with it, each at its line and
 * column. The scenario is null where it does not keep to the schema.
 */
export function readScenario(text: string): { scenario: Scenario | null; findings: ScenarioFinding[] } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0)
    return {
      scenario: null,
      findings: document.errors.map(({ message, pos: [start] }) => {
        const { line, col } = lines.linePos(start);
        return { rule: 'syntax', severity: 'error', pointer: '', detail: `${message}.`, line, column: col };
      }),
    };
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    return {
      scenario: null,
      findings: [{ rule: 'syntax', severity: 'error', pointer: '', detail: `${error.message}.`, line: 1, column: 1 }],
    };
  }
  const faults = schemaFindings(value);
  const findings = (faults.length > 0 ? faults : lint(value as Scenario)).map((finding) => {
    const offset = startOf(document, stepsOf(finding.pointer));
    const { line, col } = lines.linePos(offset);
    return { ...finding, line, column: col };
  });
  return { scenario: faults.length > 0 ? null : (value as Scenario), findings };
}

/** Where the value that a pointer names begins; of what is missing, where the one around it does. */
function startOf(document: Document, steps: readonly string[]): number {
  for (let length = steps.length; length > 0; length -= 1) {
    const path: (string | number)[] = [];
    for (const step of steps.slice(0, length))
      path.push(isSeq(path.length === 0 ? document.contents : document.getIn(path, true)) ? Number(step) : step);
    const node: unknown = document.getIn(path, true);
    if (isNode(node)) return rangeStart(node);
  }
  return isNode(document.contents) ? rangeStart(document.contents) : 0;
}

const rangeStart = (node: Node): number => node.range?.[0] ?? 0;

/** The same scenario as YAML; read again, it is the same. */
export const writeScenario = (scenario: Scenario): string => stringify(scenario, { lineWidth: 100 });
