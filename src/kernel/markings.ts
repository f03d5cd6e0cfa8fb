/** TLP 2.0 labels, from the widest to the narrowest. Never translated. @see FIRST TLP 2.0 */
export const TLP = ['TLP:CLEAR', 'TLP:GREEN', 'TLP:AMBER', 'TLP:AMBER+STRICT', 'TLP:RED'] as const;
export type Tlp = (typeof TLP)[number];

/** Permissible Actions Protocol, from the most permissive to the least. */
export const PAP = ['PAP:CLEAR', 'PAP:GREEN', 'PAP:AMBER', 'PAP:RED'] as const;
export type Pap = (typeof PAP)[number];

/** Whether `a` lets a thing go further than `b` does. */
export const isWiderThan = (a: Tlp, b: Tlp): boolean => TLP.indexOf(a) < TLP.indexOf(b);

/** Whether nothing of it may be shown before that is noted for its owner. */
export const isStrict = (tlp: Tlp | null): boolean => tlp === 'TLP:AMBER+STRICT' || tlp === 'TLP:RED';
