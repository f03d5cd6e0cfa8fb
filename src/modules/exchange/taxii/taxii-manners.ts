import { Injectable } from '@nestjs/common';
import type { CallHandler, CanActivate, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { map } from 'rxjs';
import type { Observable } from 'rxjs';
import { Problem } from '../../../kernel/problem.js';
import { requestOf } from '../../../platform/http/request.js';

export const TAXII_TYPE = 'application/taxii+json;version=2.1';
export const STIX_TYPE = 'application/stix+json;version=2.1';

/** Whether one of the ranges of an Accept header takes TAXII 2.1. @see RFC 9110 §12.5.1 */
function takesTaxii(accept: string): boolean {
  return accept.split(',').some((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    if (parameters.some((each) => /^q=0(\.0*)?$/.test(each))) return false;
    const version = parameters.find((each) => each.startsWith('version='));
    if (type === '*/*' || type === 'application/*') return true;
    return type === 'application/taxii+json' && (version === undefined || /^version="?2\.1"?$/.test(version));
  });
}

/** Before anything is looked up: whoever asks for something else than TAXII 2.1 is told so. @see TAXII 2.1 §1.6.8 */
@Injectable()
export class TaxiiManners implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { headers, method } = requestOf(context);
    const { accept, 'content-type': sent = '' } = headers;
    if (accept !== undefined && accept !== '' && !takesTaxii(accept))
      throw new Problem('not-acceptable', 406, 'Not acceptable', `Here all answers are ${TAXII_TYPE}.`);
    const version = /;\s*version="?([^";]*)"?/i.exec(sent)?.[1];
    if (method === 'POST' && version !== undefined && version !== '2.1')
      throw new Problem('unsupported-media-type', 415, 'Unsupported media type', `Send the envelope as ${TAXII_TYPE}.`);
    return true;
  }
}

/** Every answer as bytes: to text, Fastify adds a charset that TAXII's media type does not have. */
@Injectable()
export class TaxiiAnswers implements NestInterceptor<unknown, Buffer | undefined> {
  intercept(context: ExecutionContext, next: CallHandler<unknown>): Observable<Buffer | undefined> {
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return next.handle().pipe(
      map((answer) => {
        if (answer === undefined) return undefined;
        void reply.header('content-type', TAXII_TYPE);
        return Buffer.from(typeof answer === 'string' ? answer : JSON.stringify(answer));
      }),
    );
  }
}
