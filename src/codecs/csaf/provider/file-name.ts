/**
 * What a document's file is called, by its tracking id: small letters, digits, `+` and `-`; whatever else there is becomes
 * one underscore a run.
 * @see CSAF 2.0 §5.1
 */
export const csafFileName = (trackingId: string): string =>
  `${trackingId.toLowerCase().replace(/[^+\-a-z0-9]+/g, '_')}.json`;
