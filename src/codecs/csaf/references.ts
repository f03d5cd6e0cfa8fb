import type { AdvisoryAcknowledgement, AdvisoryReference } from '../advisory/index.js';
import type { Json } from '../record/json.js';
import { objectsOf, textOf, textsOf } from '../record/json.js';

/** CSAF wants a summary of each: where nobody has written one, its address. */
export const writeReference = ({ url, summary, isSelf }: AdvisoryReference): Json => ({
  category: isSelf ? 'self' : 'external',
  summary: summary ?? url,
  url,
});

export const readReferences = (value: unknown): AdvisoryReference[] =>
  objectsOf(value).map(({ url, summary, category }) => ({
    url: textOf(url) ?? '',
    summary: summary === url ? null : textOf(summary),
    isSelf: category === 'self',
  }));

export const writeAcknowledgement = ({ names, organisation, summary, urls }: AdvisoryAcknowledgement): Json => ({
  ...(names.length > 0 && { names }),
  ...(organisation !== null && { organization: organisation }),
  ...(summary !== null && { summary }),
  ...(urls.length > 0 && { urls }),
});

export const readAcknowledgements = (value: unknown): AdvisoryAcknowledgement[] =>
  objectsOf(value).map(({ names, organization, summary, urls }) => ({
    names: textsOf(names),
    organisation: textOf(organization),
    summary: textOf(summary),
    urls: textsOf(urls),
  }));
