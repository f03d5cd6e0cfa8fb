const NAMED = /^[a-zA-Z_]{1,40}:[^/]*$/;

/**
 * MISP's clients say parameters as trailing parts of the path, `…/index/scope:local`, which no router takes apart. They
 * become query parameters, under MISP's own paths alone.
 */
export function withNamedParameters(url: string): string {
  if (!url.startsWith('/misp/')) return url;
  const [path = '', query = ''] = url.split('?', 2);
  const parts = path.split('/');
  const named: string[] = [];
  while (NAMED.test(parts.at(-1) ?? '')) named.unshift((parts.pop() ?? '').replace(':', '='));
  if (named.length === 0) return url;
  return `${parts.join('/')}?${[...named, ...(query === '' ? [] : [query])].join('&')}`;
}
