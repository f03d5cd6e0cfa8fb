import { domainToASCII } from 'node:url';

const LABEL = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/;
/**
 * What of ASCII stands in no name. It is looked for before the URL parser reads the name: that one stops at `/ ? # \`,
 * decodes behind `%` and passes tabs and line ends by, and would give another name than was written.
 */
const IN_NO_NAME = /[^\P{ASCII}A-Za-z0-9_.-]/u;

/**
 * The name of a host in ASCII and lower case, without the dot of the root; null for what is none.
 * @see UTS #46; RFC 1035 §2.3.4 for the lengths
 */
export function hostName(text: string): string | null {
  if (IN_NO_NAME.test(text)) return null;
  const ascii = domainToASCII(text.replace(/[.\u3002\uFF0E\uFF61]$/u, ''));
  if (ascii === '' || ascii.length > 253) return null;
  const labels = ascii.split('.');
  // A name whose last label is a number is an address (192.0.2.1), to a browser at least.
  return labels.every((label) => LABEL.test(label)) && !/^[0-9]+$/.test(labels.at(-1) ?? '') ? ascii : null;
}
