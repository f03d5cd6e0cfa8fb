import type { Normalised } from './types.js';

const BITS = { md5: 128, sha1: 160, sha224: 224, sha256: 256, sha384: 384, sha512: 512, ja3: 128 } as const;
type HexType = keyof typeof BITS;

/** Lower-case hexadecimal digits, as many as the function gives. */
export function normaliseHex(type: HexType, text: string): Normalised {
  const digits = BITS[type] / 4;
  return text.length === digits && /^[0-9a-f]+$/i.test(text)
    ? { value: text.toLowerCase() }
    : { fault: `A ${type} has ${digits} hexadecimal digits.` };
}

/** @see https://ssdeep-project.github.io: block size, two parts of base 64 */
export const normaliseSsdeep = (text: string): Normalised =>
  /^[0-9]{1,10}:[A-Za-z0-9+/]{0,64}:[A-Za-z0-9+/]{0,64}$/.test(text)
    ? { value: text }
    : { fault: 'This is no ssdeep hash such as 96:Ab3:Cd4, without a file name.' };

/** With the version, which older tools leave out. @see https://tlsh.org */
export const normaliseTlsh = (text: string): Normalised =>
  /^(T1)?[0-9a-f]{70}$/i.test(text)
    ? { value: `T1${text.slice(-70).toUpperCase()}` }
    : { fault: 'A TLSH hash has 70 hexadecimal digits, behind T1 or nothing.' };

export const normaliseJa4 = (text: string): Normalised =>
  /^[tqd][0-9a-z]{9}_[0-9a-f]{12}_[0-9a-f]{12}$/i.test(text)
    ? { value: text.toLowerCase() }
    : { fault: 'This is no JA4 fingerprint such as t13d1516h2_8daaf6152771_e5627efa2ab1.' };

/** SHA-1 or SHA-256 of the whole certificate, with or without the colons that tools print. */
export function normaliseCertificateHash(text: string): Normalised {
  const digits = text.replaceAll(':', '');
  return /^([0-9a-f]{40}|[0-9a-f]{64})$/i.test(digits)
    ? { value: digits.toLowerCase() }
    : { fault: 'A certificate is known by its SHA-1 or SHA-256: 40 or 64 hexadecimal digits.' };
}
