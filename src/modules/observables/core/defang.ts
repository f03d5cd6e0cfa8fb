import { splitUrl } from './names.js';

const dotted = (text: string): string => text.replaceAll('.', '[.]');

/** So that no mail reader or browser makes a link of it. `refang` takes it back. */
export function defang(type: string, value: string): string {
  switch (type) {
    case 'ipv4':
    case 'cidr':
    case 'domain':
    case 'host':
      return dotted(value);
    case 'ipv6':
      return value.replaceAll(':', '[:]');
    case 'email':
      return dotted(value.replace('@', '[@]'));
    case 'url': {
      const [head, authority, rest] = splitUrl(value);
      const scheme = head.slice(0, head.length - authority.length);
      return `${scheme.replace(/^http/, 'hxxp').replace(/^ftp/, 'fxp')}${dotted(authority)}${rest}`;
    }
    default:
      return value;
  }
}

const DOTS = /\[\.\]|\(\.\)|\{\.\}|\[dot\]|\(dot\)|\{dot\}|\\\./gi;
const ATS = /\[@\]|\(@\)|\[at\]|\(at\)|\{at\}/gi;
const COLONS = /\[:\]|\(:\)/g;

/** What people write so that it makes no link, as it was meant. */
export function refang(type: string, text: string): string {
  switch (type) {
    case 'ipv4':
    case 'domain':
    case 'host':
      return text.replace(DOTS, '.');
    case 'ipv6':
    case 'cidr':
      return text.replace(COLONS, ':').replace(DOTS, '.');
    case 'email':
      return text.replace(ATS, '@').replace(DOTS, '.');
    case 'url': {
      const schemed = text
        .replace(/^(h)(?:xx|\*\*|tt)(p)/i, '$1tt$2')
        .replace(/^(?:fxp|f\*p)/i, 'ftp')
        .replace(/^([a-z][a-z0-9+.-]*)(?:\[:\]|\(:\)|:)?\[?(?::)?\/\/\]?/i, '$1://');
      const [head, authority, rest] = splitUrl(schemed);
      const scheme = head.slice(0, head.length - authority.length);
      return `${scheme}${authority.replace(DOTS, '.').replace(ATS, '@').replace(COLONS, ':')}${rest.replace(DOTS, '.')}`;
    }
    default:
      return text;
  }
}
