import type { Schema } from './openapi.schema.js';

const requestId = '0b5c7f0a-3b1e-4d52-8d3c-6f0a9e1b2c3d';

export interface ProblemAnswer {
  /** Under `components.responses`. */
  name: string;
  description: string;
  example: Record<string, unknown>;
  /** Where there is another that a client treats differently, by its slug: both are shown. */
  other?: { slug: string; example: Record<string, unknown> };
  headers?: string[];
}

const answer = (
  name: string,
  status: number,
  slug: string,
  title: string,
  detail: string,
  description: string,
  more: { headers?: string[]; members?: Record<string, unknown> } = {},
): ProblemAnswer => ({
  name,
  description,
  example: { type: `urn:ronda:problem:${slug}`, title, status, detail, ...more.members, requestId },
  ...(more.headers && { headers: more.headers }),
});

/** What a client may be told instead, by status. Titles and details as the product sends them. */
export const problemAnswers: Record<number, ProblemAnswer> = {
  400: answer(
    'InvalidInput',
    400,
    'invalid-input',
    'The request is not valid',
    'One thing in the request is wrong.',
    'The request is not valid; every fault is named by its JSON Pointer.',
    { members: { errors: [{ pointer: '/titel', detail: 'There is no such property.' }] } },
  ),
  401: answer(
    'Unauthenticated',
    401,
    'unauthenticated',
    'Sign in first',
    'The credential is missing, unknown, expired or revoked. Sign in, or use another API key.',
    'No credential, or none that holds.',
    { headers: ['WWW-Authenticate'] },
  ),
  403: answer(
    'Forbidden',
    403,
    'forbidden',
    'Not allowed',
    'This needs the permission incidents:write, which your roles or this API key do not give.',
    'Not for this caller.',
  ),
  404: answer(
    'NotFound',
    404,
    'not-found',
    'Not found',
    'There is nothing here that you may see.',
    'The same for what is hidden and for what does not exist.',
  ),
  409: answer(
    'Conflict',
    409,
    'in-progress',
    'The first request still runs',
    'Ask again in a moment.',
    'The state of the record does not admit it, or the first request with this Idempotency-Key still runs.',
  ),
  412: answer(
    'Stale',
    412,
    'stale',
    'Somebody changed it in between',
    'Read the current version and apply your change to it.',
    'If-Match does not name the current version, which is shown as `current`.',
    { headers: ['ETag'], members: { currentEtag: '"3q2-7wWb0Xn1k5LrT8cVdEyZaPo"' } },
  ),
  413: answer(
    'TooLarge',
    413,
    'too-large',
    'The body is too large',
    'A body may hold 1 MiB.',
    'The body is too large.',
  ),
  415: answer(
    'UnsupportedMediaType',
    415,
    'unsupported-media-type',
    'Unsupported media type',
    'Send the body as application/json.',
    'The body is not of a type that this takes.',
  ),
  422: answer(
    'IdempotencyKeyReused',
    422,
    'idempotency-key-reused',
    'This Idempotency-Key was used for another request',
    'Use a new key for every new request, and the same key only to repeat one.',
    'The Idempotency-Key belongs to another request.',
  ),
  428: answer(
    'PreconditionRequired',
    428,
    'precondition-required',
    'Say which version you change',
    'Send the ETag of the version that you read as If-Match, so that no other change is lost.',
    'If-Match is missing.',
  ),
  429: answer(
    'RateLimited',
    429,
    'rate-limited',
    'Too many requests',
    '60000 requests in 60 seconds are granted. Wait 12 seconds.',
    'Too many requests.',
    { headers: ['Retry-After', 'RateLimit', 'RateLimit-Policy'] },
  ),
  503: {
    ...answer(
      'TemporarilyUnavailable',
      503,
      'temporarily-unavailable',
      'Temporarily unavailable',
      'The database cannot be reached just now. Send the request again; with an Idempotency-Key a POST is safe to repeat.',
      'Come back later; or, where records are read, one was taken away while it was read (`changed-meanwhile`): ask again.',
      { headers: ['Retry-After'] },
    ),
    other: {
      slug: 'changed-meanwhile',
      example: {
        type: 'urn:ronda:problem:changed-meanwhile',
        title: 'It changed while it was read',
        status: 503,
        detail: 'Ask again.',
        requestId,
      },
    },
  },
};

export const problemSchema: Schema = {
  type: 'object',
  description: 'Why not (RFC 9457).',
  required: ['type', 'title', 'status', 'detail', 'requestId'],
  properties: {
    type: { type: 'string', format: 'uri', description: 'Stable name of the kind of problem.' },
    title: { type: 'string', description: 'The kind in words, the same for every occurrence.' },
    status: { type: 'integer', description: 'The HTTP status.' },
    detail: { type: 'string', description: 'This occurrence, in a sentence that a person can act on.' },
    errors: {
      type: 'array',
      description: 'All faults of the request at once.',
      items: {
        type: 'object',
        required: ['pointer', 'detail'],
        properties: {
          pointer: { type: 'string', description: 'JSON Pointer (RFC 6901).' },
          detail: { type: 'string' },
          in: {
            type: 'string',
            enum: ['query', 'path', 'header'],
            description: 'Where the pointer starts; the body when left out.',
          },
        },
      },
    },
    requestId: { type: 'string', description: 'Of this request, as in the answer’s X-Request-Id.' },
  },
  additionalProperties: true,
};

interface HeaderObject {
  description: string;
  schema: Schema;
  example: string;
}
const header = (description: string, example: string): HeaderObject => ({
  description,
  schema: { type: 'string' },
  example,
});

/** Response headers, under `components.headers`. */
export const responseHeaders: Record<string, HeaderObject> = {
  'X-Request-Id': header('Names this request in the logs; the one sent when it was well-formed.', requestId),
  'RateLimit-Policy': header(
    'The quota and its window (draft-ietf-httpapi-ratelimit-headers).',
    '"default";q=60000;w=60',
  ),
  RateLimit: header('What is left of the quota, and the seconds until it is whole again.', '"default";r=59998;t=42'),
  'Retry-After': header('Seconds to wait.', '12'),
  'WWW-Authenticate': header('How to sign in.', 'Bearer realm="ronda", Basic realm="ronda", charset="UTF-8"'),
  ETag: header('The version of what is shown, for If-Match and If-None-Match.', '"3q2-7wWb0Xn1k5LrT8cVdEyZaPo"'),
  Location: header('Where the new record is.', '/api/v1/incidents/8a5f4b0e-6f0a-4c3e-9a57-0c1d2e3f4a5b'),
  Link: header(
    'Where the list goes on (RFC 8288); absent at its end.',
    '</api/v1/incidents?limit=50&cursor=WyIy…>; rel="next"',
  ),
};

interface HeaderParameter {
  name: string;
  in: 'header';
  required: boolean;
  description: string;
  schema: Schema;
}
const parameter = (name: string, required: boolean, description: string, example: string): HeaderParameter => ({
  name,
  in: 'header',
  required,
  description,
  schema: { type: 'string', examples: [example] },
});
const etag = '"3q2-7wWb0Xn1k5LrT8cVdEyZaPo"';

/** Request headers, under `components.parameters`. */
export const requestHeaders: Record<string, HeaderParameter> = {
  IfMatch: parameter('If-Match', true, 'The ETag of the version that you change.', etag),
  IfMatchWhenSent: parameter('If-Match', false, 'The ETag of the version that you mean. Honoured when sent.', etag),
  IfNoneMatch: parameter(
    'If-None-Match',
    false,
    'The ETag of the version that you have: 304 when nothing changed.',
    etag,
  ),
  IdempotencyKey: parameter(
    'Idempotency-Key',
    false,
    'Makes the request safe to repeat for 24 hours.',
    'f3b1d1c2-7c55-4d0e-a0f1-2f9f3f6b8e11',
  ),
};
