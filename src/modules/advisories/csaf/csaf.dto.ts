/** What a test of CSAF 2.0 has against a document. */
export class CsafFindingView {
  /**
   * As CSAF 2.0 numbers its tests; `schema` for what its JSON Schema says.
   * @example "6.2.9"
   */
  id!: string;

  /**
   * JSON Pointer into the CSAF document.
   * @example "/document/lang"
   */
  pointer!: string;

  /** @example "language is missing" */
  detail!: string;
}

/** Whether a revision can go out as CSAF, and what could be better. */
export class CsafCheckView {
  /** @example "1.0.0" */
  version!: string;

  /**
   * As you count them.
   * @example 2
   */
  revision!: number;

  /**
   * Whether no mandatory test fails. What is not, cannot be published.
   * @example true
   */
  publishable!: boolean;

  /** Of the schema and the mandatory tests. */
  blocking!: CsafFindingView[];

  /** Of the optional and informative tests: nothing has to be done about them. */
  advice!: CsafFindingView[];
}
