import type { Exploitation, NoteCategory, RemediationKind } from '../advisory/index.js';
import type { Tlp } from '../../kernel/markings.js';

/** CSAF 2.0 has the labels of TLP 1; AMBER+STRICT is its RED with a word about it. */
export const LABELS: Readonly<Record<Exclude<Tlp, 'TLP:RED'>, string>> = {
  'TLP:CLEAR': 'WHITE',
  'TLP:GREEN': 'GREEN',
  'TLP:AMBER': 'AMBER',
  'TLP:AMBER+STRICT': 'RED',
};
export const STRICT = 'TLP v2.0: TLP:AMBER+STRICT';

/** What an advisory says and CSAF has no member for is a note under one of these titles (docs/csaf.md). */
export const TITLES = {
  summary: 'Summary',
  body: 'Details',
  kind: 'Kind of advisory',
  indicators: 'Indicators',
  description: 'Description',
  cvss: 'CVSS vector',
  remediation: 'Remediation: ',
} as const;

export const REMEDIATIONS: Readonly<Record<RemediationKind, string>> = {
  'vendor-fix': 'vendor_fix',
  mitigation: 'mitigation',
  workaround: 'workaround',
  'no-fix-planned': 'no_fix_planned',
  'none-available': 'none_available',
};

export const EXPLOITATION: Readonly<Record<Exploitation, string>> = {
  'none-known': 'No exploitation is known.',
  'proof-of-concept': 'A proof of concept is known.',
  exploited: 'It is being exploited.',
};

/** The key under which a table has a value. */
export const keyOf = <K extends string>(table: Readonly<Record<K, string>>, value: unknown): K | null =>
  (Object.keys(table) as K[]).find((key) => table[key] === value) ?? null;

export interface CsafNote {
  category: NoteCategory;
  title?: string;
  text: string;
  audience?: string;
}
