import type { Json } from '../record/json.js';
import { isObject, objectsOf, textOf } from '../record/json.js';
import { circularDefinitions, rangesInVersions } from './own-tests.js';
import { MOST_COMPARISONS, comparisonsOf } from './weight.js';

export interface CsafFinding {
  /** `6.1.27.3` as CSAF 2.0 numbers its tests; `schema` for what its JSON Schema says; `size` for more than can be judged. */
  id: string;
  /** JSON Pointer (RFC 6901) into the document. */
  pointer: string;
  detail: string;
}

export interface CsafVerdict {
  /** Whoever has one of these is not CSAF 2.0: of the schema and the mandatory tests. */
  blocking: CsafFinding[];
  /** Of the optional and the informative tests. */
  advice: CsafFinding[];
}

interface Said {
  message: string;
  instancePath: string;
}
interface Answer {
  isValid?: boolean;
  errors?: Said[];
  warnings?: Said[];
  infos?: Said[];
}
/** A test as the validator has it. */
export type DocumentTest = (document: unknown) => Answer | Promise<Answer>;
interface NamedTest {
  id: string;
  run: DocumentTest;
}
let blocking: Promise<NamedTest[]> | undefined;
let advice: Promise<NamedTest[]> | undefined;

/** The library takes two seconds to load and compiles schemas while it does: not at start, but when first asked. */
async function loadBlocking(): Promise<NamedTest[]> {
  const { csaf_2_0: schema } = await import('@secvisogram/csaf-validator-lib/schemaTests.js');
  const mandatory = numbered(await import('@secvisogram/csaf-validator-lib/mandatoryTests.js'));
  return [{ id: 'schema', run: schema }, ...mandatory.map(mended)];
}

/**
 * Twice as long again, and of no use to whoever only publishes. Of the informative tests three are left out: 6.3.6 and 6.3.7
 * call every address in the document, and 6.3.8 wants a program for spelling.
 */
async function loadAdvice(): Promise<NamedTest[]> {
  const optional = numbered(await import('@secvisogram/csaf-validator-lib/optionalTests.js'));
  const informative = await Promise.all([
    import('@secvisogram/csaf-validator-lib/lib/informativeTests/informativeTest_6_3_1.js'),
    import('@secvisogram/csaf-validator-lib/lib/informativeTests/informativeTest_6_3_2.js'),
    import('@secvisogram/csaf-validator-lib/lib/informativeTests/informativeTest_6_3_3.js'),
    import('@secvisogram/csaf-validator-lib/lib/informativeTests/informativeTest_6_3_4.js'),
    import('@secvisogram/csaf-validator-lib/lib/informativeTests/informativeTest_6_3_5.js'),
    import('@secvisogram/csaf-validator-lib/lib/informativeTests/informativeTest_6_3_9.js'),
    import('@secvisogram/csaf-validator-lib/lib/informativeTests/informativeTest_6_3_10.js'),
    import('@secvisogram/csaf-validator-lib/lib/informativeTests/informativeTest_6_3_11.js'),
  ]);
  const ids = ['6.3.1', '6.3.2', '6.3.3', '6.3.4', '6.3.5', '6.3.9', '6.3.10', '6.3.11'];
  return [...optional, ...informative.map((test, at) => ({ id: ids[at] ?? '', run: test.default }))];
}

const numbered = (tests: object): NamedTest[] =>
  (Object.entries(tests) as [string, DocumentTest][]).flatMap(([name, run]) => {
    const id = /Test_(\d+(?:_\d+)+)$/.exec(name)?.[1];
    return id === undefined ? [] : [{ id: id.replaceAll('_', '.'), run }];
  });

/**
 * Version 2.0.10, where it is wrong or takes too long.
 *
 * 6.1.3 follows each relationship by both of its ends anew from every other: 40 of them, each made of the one before twice
 * over, took days. 6.1.31 splits every name seven times, 5 s for one of 2 MB of spaces.
 *
 * 6.1.21 sorts revisions by their dates alone, and calls a version missing where two are of one instant
 * and the newer is written first; OASIS' own valid documents do so (6-1-14-12, 6-1-16-16, 6-1-16-17). Handed over in the
 * order of their numbers, those of one instant stay in it.
 */
const mended = ({ id, run }: NamedTest): NamedTest => {
  if (id === '6.1.3') return { id, run: circularDefinitions };
  if (id === '6.1.31') return { id, run: rangesInVersions };
  return id === '6.1.21' ? { id, run: (document) => run(withSortedRevisions(document)) } : { id, run };
};

function withSortedRevisions(document: unknown): unknown {
  if (!isObject(document) || !isObject(document.document) || !isObject(document.document.tracking)) return document;
  const { tracking } = document.document;
  if (!Array.isArray(tracking.revision_history)) return document;
  const sorted = objectsOf(tracking.revision_history).sort((a, b) => major(a) - major(b));
  return { document: { ...document.document, tracking: { ...tracking, revision_history: sorted } } };
}
const major = (revision: Json): number => Number.parseInt(textOf(revision.number) ?? '', 10) || 0;

/**
 * What keeps a document from being CSAF 2.0: of the schema and the mandatory tests. Nothing leaves the process.
 * @param document parsed JSON of anybody's making.
 */
export async function blockingFindings(document: unknown): Promise<CsafFinding[]> {
  const heavy = tooMuch(document);
  if (heavy.length > 0) return heavy;
  return findings(await (blocking ??= loadBlocking()), document, ({ errors = [], isValid }) =>
    isValid === false && errors.length === 0 ? [{ message: 'is not met', instancePath: '' }] : errors,
  );
}

/** Holds a document against all of CSAF 2.0 §6. */
export async function validateCsaf(document: unknown): Promise<CsafVerdict> {
  const heavy = tooMuch(document);
  if (heavy.length > 0) return { blocking: heavy, advice: [] };
  return {
    blocking: await blockingFindings(document),
    advice: await findings(await (advice ??= loadAdvice()), document, ({ warnings = [], infos = [] }) => [
      ...warnings,
      ...infos,
    ]),
  };
}

/** Asked first, so that no document keeps the tests busy for longer than some seconds. */
const tooMuch = (document: unknown): CsafFinding[] =>
  comparisonsOf(document) <= MOST_COMPARISONS
    ? []
    : [
        {
          id: 'size',
          pointer: '',
          detail: 'names too many products, groups or revisions in too many places to be judged: divide it',
        },
      ];

async function findings(
  tests: readonly NamedTest[],
  document: unknown,
  said: (answer: Answer) => Said[],
): Promise<CsafFinding[]> {
  const all: CsafFinding[] = [];
  for (const { id, run } of tests) {
    let answer: Answer;
    try {
      answer = await run(document);
    } catch (error) {
      // A test that takes the schema for kept falls over a document that does not keep it, and the schema has said so.
      if (all.some((each) => each.id === 'schema')) continue;
      answer = { errors: [{ message: `could not be judged: ${String(error)}`, instancePath: '' }] };
    }
    all.push(...said(answer).map(({ message, instancePath }) => ({ id, pointer: instancePath, detail: message })));
  }
  return all;
}
