/** On what ground somebody has something erased. */
export const ERASURE_BASES = ['request-of-the-person', 'legal-obligation', 'court-order', 'mistake'] as const;
export type ErasureBasis = (typeof ERASURE_BASES)[number];
