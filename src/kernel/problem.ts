/** One fault in what the caller sent. */
export interface Fault {
  /** JSON Pointer (RFC 6901) into the body, or into the object of query parameters where `in` is `query`. */
  pointer: string;
  /** A sentence a person can act on. */
  detail: string;
  /** Where the pointer starts; the body when left out. */
  in?: 'query' | 'path' | 'header';
}

export interface ProblemOptions {
  errors?: Fault[];
  /** Members added to the problem document (RFC 9457 §3.2). They are shown to the caller. */
  extensions?: Record<string, unknown>;
  /** Response headers that belong to the problem, such as `retry-after`. */
  headers?: Record<string, string>;
  cause?: unknown;
}

/**
 * An answer that says why not. Every error that leaves the product is one of these.
 * @see RFC 9457
 */
export class Problem extends Error {
  readonly errors: Fault[] | undefined;
  readonly extensions: Record<string, unknown>;
  readonly headers: Record<string, string>;

  /**
   * @param slug stable name, kebab-case; the `type` is `urn:ronda:problem:<slug>`.
   * @param status HTTP status code.
   * @param title short, the same for every occurrence.
   * @param detail this occurrence, a sentence a person can act on.
   */
  constructor(
    readonly slug: string,
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    options: ProblemOptions = {},
  ) {
    super(detail, { cause: options.cause });
    this.name = 'Problem';
    this.errors = options.errors;
    this.extensions = options.extensions ?? {};
    this.headers = options.headers ?? {};
  }

  get type(): string {
    return `urn:ronda:problem:${this.slug}`;
  }

  /** Whether it shows what was read: a 412 answers with the current version. */
  get showsWhatWasRead(): boolean {
    return 'current' in this.extensions;
  }
}

/** The one 404: the same for what is hidden and for what does not exist. */
export const notFound = (): Problem =>
  new Problem('not-found', 404, 'Not found', 'There is nothing here that you may see.');

export const forbidden = (detail: string): Problem => new Problem('forbidden', 403, 'Not allowed', detail);

export const invalidInput = (errors: Fault[]): Problem =>
  new Problem(
    'invalid-input',
    400,
    'The request is not valid',
    errors.length === 1 ? 'One thing in the request is wrong.' : `${errors.length} things in the request are wrong.`,
    { errors },
  );

/** The record's state does not admit what was asked. */
export const conflict = (slug: string, title: string, detail: string): Problem => new Problem(slug, 409, title, detail);
