import type { Pap, Tlp } from '../../kernel/markings.js';
import { PAP, TLP } from '../../kernel/markings.js';
import { uuidLikeV4 } from '../record/uuid-v5.js';
import type { Json } from '../record/json.js';
import type { StixObject } from './stix-object.js';
import { isObject, textOf, textsOf } from '../record/json.js';

const TLP_EXTENSION = 'extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d';

/** TLP 2.0, in the objects that everybody has to use as they are. */
const TLP_IDS: Readonly<Record<Tlp, string>> = {
  'TLP:CLEAR': 'marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487',
  'TLP:GREEN': 'marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb',
  'TLP:AMBER': 'marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421',
  'TLP:AMBER+STRICT': 'marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003',
  'TLP:RED': 'marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1',
};

const LABELS: ReadonlyMap<string, Tlp> = new Map([
  ...Object.entries(TLP_IDS).map(([label, id]) => [id, label as Tlp] as const),
  // TLP 1, STIX 2.1 §7.2.1.4. White reads as CLEAR.
  ['marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9', 'TLP:CLEAR'],
  ['marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da', 'TLP:GREEN'],
  ['marking-definition--f88d31f6-486f-44da-b317-01333bde0b82', 'TLP:AMBER'],
  ['marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed', 'TLP:RED'],
]);

/** The marking-definition object itself, which a bundle that refers to it brings along. */
export const tlpMarking = (label: Tlp): StixObject => ({
  type: 'marking-definition',
  spec_version: '2.1',
  id: TLP_IDS[label],
  created: '2022-10-01T00:00:00.000Z',
  name: label,
  extensions: {
    [TLP_EXTENSION]: {
      extension_type: 'property-extension',
      tlp_2_0: label.slice('TLP:'.length).toLowerCase(),
    },
  },
});

/** Of what Ronda itself defines: PAP, its extension, the constants of its bundles. */
export const RONDA_NAMESPACE = '5b0c5d9a-2f0e-4f4d-9d0b-7c1b0f6f3a52';

/** STIX has no PAP: a statement, as MISP writes it. */
export const papMarking = (label: Pap): StixObject => ({
  type: 'marking-definition',
  spec_version: '2.1',
  id: `marking-definition--${uuidLikeV4(RONDA_NAMESPACE, label)}`,
  created: '2022-10-01T00:00:00.000Z',
  definition_type: 'statement',
  definition: { statement: label },
});

/** What the markings of an object come to. */
export interface Markings {
  tlp: Tlp | null;
  pap: Pap | null;
  /** Statements that are neither TLP nor PAP. */
  statements: string[];
  /** Ids of definitions that nobody sent along: nobody can tell what they forbid. */
  unknown: string[];
}

const asTlp = (text: string): Tlp | null => {
  const label = text.trim().toUpperCase().replace(/^TLP:/, '').replace('WHITE', 'CLEAR');
  return TLP.find((each) => each === `TLP:${label}`) ?? null;
};
const asPap = (text: string): Pap | null => {
  const label = text.trim().toUpperCase().replace('WHITE', 'CLEAR');
  return PAP.find((each) => each === label) ?? null;
};

/** The label that a marking stands for, by its id or by what its definition says; null where it stands for none. */
export function tlpOf(id: string, definition: Json | undefined): Tlp | null {
  const known = LABELS.get(id);
  if (known || !definition) return known ?? null;
  const extensions = isObject(definition.extensions) ? definition.extensions : {};
  const extension = extensions[TLP_EXTENSION];
  const written = isObject(extension) ? textOf(extension.tlp_2_0) : null;
  if (written !== null) return asTlp(written);
  const inside = isObject(definition.definition) ? definition.definition : {};
  if (definition.definition_type === 'tlp') return asTlp(textOf(inside.tlp) ?? '');
  const statement = textOf(inside.statement) ?? '';
  return /^tlp:/i.test(statement) ? asTlp(statement) : null;
}

export function markingsOf(object: Json, definitions: ReadonlyMap<string, Json>): Markings {
  const markings: Markings = { tlp: null, pap: null, statements: [], unknown: [] };
  for (const id of textsOf(object.object_marking_refs)) {
    const definition = definitions.get(id);
    const tlp = tlpOf(id, definition);
    if (tlp) markings.tlp = tlp;
    else if (!definition) markings.unknown.push(id);
    else {
      const inside = isObject(definition.definition) ? definition.definition : {};
      const statement = textOf(inside.statement);
      const pap = statement === null ? null : asPap(statement);
      if (pap) markings.pap = pap;
      else if (statement !== null) markings.statements.push(statement);
      else markings.unknown.push(id);
    }
  }
  return markings;
}
