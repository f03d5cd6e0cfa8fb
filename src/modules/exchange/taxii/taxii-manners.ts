import { Injectable } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
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
