import { PAP, TLP } from '../../kernel/markings.js';
import type { Pap, Tlp } from '../../kernel/markings.js';

/** `tlp:amber+strict`, and TLP 1's white, which reads as CLEAR. */
export function tlpOfTag(tag: string): Tlp | null {
  const label = /^tlp:(.+)$/i
    .exec(tag)?.[1]
    ?.toUpperCase()
    .replace(/^WHITE$/, 'CLEAR');
  return TLP.find((each) => each === `TLP:${label}`) ?? null;
}

export function papOfTag(tag: string): Pap | null {
  const label = /^pap:(.+)$/i
    .exec(tag)?.[1]
    ?.toUpperCase()
    .replace(/^WHITE$/, 'CLEAR');
  return PAP.find((each) => each === `PAP:${label}`) ?? null;
}

/** Tags that say what the record says elsewhere: an incident's own tag of such a name would contradict it. */
export const isReservedTag = (tag: string): boolean => /^(tlp|pap|rsit|ronda|misp-galaxy):/i.test(tag);

const TECHNIQUE = /\b(T\d{4}(?:\.\d{3})?|AML\.T\d{4}(?:\.\d{3})?)"?$/;

/** The technique that a galaxy's tag names, such as `misp-galaxy:mitre-attack-pattern="Phishing - T1566"`. */
export const techniqueOfTag = (tag: string): string | null =>
  /^(misp-galaxy:(mitre-(mobile-|ics-)?attack-pattern|mitre-atlas-attack-pattern)|ronda:technique)=/.test(tag)
    ? (TECHNIQUE.exec(tag)?.[1] ?? null)
    : null;
