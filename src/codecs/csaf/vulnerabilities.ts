import { weaknesses } from '@secvisogram/csaf-validator-lib/cwe.js';
import type { AdvisoryRemediation, AdvisoryVulnerability } from '../advisory/index.js';
import { cvssScore } from '../advisory/index.js';
import type { Json } from '../record/json.js';
import { isObject, objectsOf, textOf, textsOf } from '../record/json.js';
import { readReferences, writeReference } from './references.js';
import type { CsafNote } from './words.js';
import { EXPLOITATION, REMEDIATIONS, TITLES, keyOf } from './words.js';

const CWE_NAMES: ReadonlyMap<string, string> = new Map(weaknesses.map(({ id, name }) => [id, name]));

/** @see CSAF 2.0 §3.2.3 */
export function writeVulnerability(vulnerability: AdvisoryVulnerability): Json {
  const { cve, title, description, cwe, exploitation, affected, fixed, notAffected, underInvestigation } =
    vulnerability;
  const status = withoutEmpty({
    known_affected: affected,
    fixed,
    known_not_affected: notAffected,
    under_investigation: underInvestigation,
  });
  const scored = affected.length > 0 ? affected : underInvestigation;
  const { scores, left } = writeScores(vulnerability.cvss, scored);
  const remediations = vulnerability.remediations.map((each) => ({ each, written: writeRemediation(each, affected) }));
  const notes: CsafNote[] = [
    ...(description === null
      ? []
      : [{ category: 'description' as const, title: TITLES.description, text: description }]),
    ...left,
    ...remediations.flatMap(({ each, written }) => (written ? [] : [remediationNote(each)])),
  ];
  return {
    ...(cve !== null && { cve }),
    ...(title !== null && { title }),
    // Of a weakness that the catalogue lacks no name is known; test 6.1.11 will say so.
    ...(cwe !== null && { cwe: { id: cwe, name: CWE_NAMES.get(cwe) ?? cwe } }),
    ...withoutEmpty({ notes }),
    ...(Object.keys(status).length > 0 && { product_status: status }),
    ...withoutEmpty({ scores }),
    ...(exploitation && { threats: [{ category: 'exploit_status', details: EXPLOITATION[exploitation] }] }),
    ...withoutEmpty({
      remediations: remediations.flatMap(({ written }) => written ?? []),
      references: vulnerability.references.map(writeReference),
    }),
  };
}

const withoutEmpty = (lists: Record<string, readonly unknown[]>): Json =>
  Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0));

/**
 * CVSS 2.0 to 3.1, one of a version, of products that are affected. A vector that has no place in `scores`, such as every
 * one of CVSS 4.0, is a note.
 */
function writeScores(vectors: readonly string[], products: readonly string[]): { scores: Json[]; left: CsafNote[] } {
  const scores = new Map<string, Json>();
  const left: CsafNote[] = [];
  for (const vector of vectors) {
    const score = cvssScore(vector);
    const place = PLACES[score?.version ?? ''];
    if (score && place && products.length > 0 && !scores.has(score.version)) {
      const { version, baseScore, severity } = score;
      const named = version === '2.0' ? {} : { baseSeverity: severity };
      scores.set(version, { products, [place]: { version, vectorString: vector, baseScore, ...named } });
    } else {
      const text = score ? `${vector} (${score.score} ${score.severity})` : vector;
      left.push({ category: 'other', title: TITLES.cvss, text });
    }
  }
  return { scores: [...scores.values()], left };
}
const PLACES: Readonly<Record<string, string>> = { '2.0': 'cvss_v2', '3.0': 'cvss_v3', '3.1': 'cvss_v3' };

/** Without products of its own it is for all that are affected; where none is, null: CSAF has no place for it. */
function writeRemediation({ kind, details, url, products }: AdvisoryRemediation, affected: string[]): Json | null {
  const ids = products.length > 0 ? products : affected;
  if (ids.length === 0) return null;
  return { category: REMEDIATIONS[kind], details, ...(url !== null && { url }), product_ids: ids };
}

const remediationNote = ({ kind, details, url }: AdvisoryRemediation): CsafNote => ({
  category: 'other',
  title: `${TITLES.remediation}${kind}`,
  text: url === null ? details : `${details}\n\n<${url}>`,
});

export function readVulnerability(raw: Json): AdvisoryVulnerability {
  const status = isObject(raw.product_status) ? raw.product_status : {};
  const affected = textsOf(status.known_affected);
  const notes = objectsOf(raw.notes).map(({ category, title, text }) => ({
    category,
    title: textOf(title) ?? '',
    text: textOf(text) ?? '',
  }));
  const described = notes.find((note) => note.category === 'description' || note.category === 'summary');
  const threats = objectsOf(raw.threats).filter(({ category }) => category === 'exploit_status');
  return {
    cve: textOf(raw.cve),
    title: textOf(raw.title),
    description: described?.text ?? null,
    cwe: isObject(raw.cwe) ? textOf(raw.cwe.id) : null,
    cvss: [
      ...objectsOf(raw.scores).flatMap((score) =>
        [score.cvss_v2, score.cvss_v3].flatMap((each) => (isObject(each) ? (textOf(each.vectorString) ?? []) : [])),
      ),
      ...notes.flatMap(({ title, text }) => (title === TITLES.cvss ? text.replace(/ \([\d.]+ [A-Z]+\)$/, '') : [])),
    ].filter((vector, at, all) => all.indexOf(vector) === at),
    exploitation: threats.map(({ details }) => keyOf(EXPLOITATION, details)).find((each) => each !== null) ?? null,
    affected,
    fixed: textsOf(status.fixed),
    notAffected: textsOf(status.known_not_affected),
    underInvestigation: textsOf(status.under_investigation),
    remediations: [
      ...objectsOf(raw.remediations).flatMap((each) => readRemediation(each, affected)),
      ...notes.flatMap(({ title, text }) => readRemediationNote(title, text)),
    ],
    references: readReferences(raw.references),
  };
}

function readRemediation(raw: Json, affected: readonly string[]): AdvisoryRemediation[] {
  const kind = keyOf(REMEDIATIONS, raw.category);
  if (kind === null) return [];
  const ids = textsOf(raw.product_ids);
  const isOfAll = ids.length === affected.length && ids.every((id, at) => id === affected[at]);
  return [{ kind, details: textOf(raw.details) ?? '', url: textOf(raw.url), products: isOfAll ? [] : ids }];
}

function readRemediationNote(title: string, text: string): AdvisoryRemediation[] {
  const kind = title.startsWith(TITLES.remediation)
    ? (Object.keys(REMEDIATIONS) as AdvisoryRemediation['kind'][]).find((each) => title === TITLES.remediation + each)
    : undefined;
  if (!kind) return [];
  const [, details = text, url = null] = /^([\s\S]*)\n\n<(\S+)>$/.exec(text) ?? [];
  return [{ kind, details, url, products: [] }];
}
