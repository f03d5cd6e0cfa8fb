import type { Pap, Tlp } from '../kernel/markings.js';

/** Permitted actions that make no sense at a marking: what may be done with a thing, and how far it may go, pull apart. */
const apart: Record<Tlp, readonly Pap[]> = {
  'TLP:CLEAR': ['PAP:RED', 'PAP:AMBER'],
  'TLP:GREEN': ['PAP:RED'],
  'TLP:AMBER': [],
  'TLP:AMBER+STRICT': ['PAP:CLEAR'],
  'TLP:RED': ['PAP:CLEAR', 'PAP:GREEN'],
};

/** Why these two do not go together, in a sentence; null where they do. */
export function markingContradiction(tlp: Tlp, pap: Pap): string | null {
  if (!apart[tlp].includes(pap)) return null;
  return tlp === 'TLP:CLEAR' || tlp === 'TLP:GREEN'
    ? `${tlp} lets it travel far, while ${pap} forbids nearly all that its readers could do with it: whoever is meant to act reads a narrower marking.`
    : `${tlp} keeps it close, while ${pap} permits acts that everybody else would notice.`;
}
