import { createHash } from 'node:crypto';
import { bech32, bech32m, createBase58check } from '@scure/base';
import { isIBAN } from 'class-validator';
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { Normalised } from './types.js';

const base58check = createBase58check((data) => new Uint8Array(createHash('sha256').update(data).digest()));

/** Version bytes of the addresses with a check of their own that this knows. */
const BASE58: Readonly<Record<number, string>> = {
  0x00: 'btc',
  0x05: 'btc',
  0x41: 'trx',
  0x30: 'ltc',
  0x32: 'ltc',
  0x1e: 'doge',
};
const SEGWIT: Readonly<Record<string, string>> = { bc: 'btc', ltc: 'ltc' };

/** Which coin an address is of, by its form and its check; null where that is not known. */
export function coinOf(address: string): string | null {
  if (/^0x[0-9a-f]{40}$/i.test(address)) return 'eth';
  // Monero's check is Keccak, which nothing here computes: its form is rare enough.
  if (/^[48][1-9A-HJ-NP-Za-km-z]{94}$/.test(address)) return 'xmr';
  const segwit = /^(bc|ltc)1[0-9a-z]{11,87}$/i.exec(address)?.[1];
  if (segwit !== undefined) return isSegwit(address) ? (SEGWIT[segwit.toLowerCase()] ?? null) : null;
  if (!/^[1-9A-HJ-NP-Za-km-z]{26,35}$/.test(address)) return null;
  try {
    const bytes = base58check.decode(address);
    return bytes.length === 21 ? (BASE58[bytes[0] ?? -1] ?? null) : null;
  } catch {
    return null;
  }
}

function isSegwit(address: string): boolean {
  const text = address as `${string}1${string}`;
  return bech32.decodeUnsafe(text, 90) !== undefined || bech32m.decodeUnsafe(text, 90) !== undefined;
}

/** What is not case-sensitive in lower case; of coins that this does not know, as it was written. */
export function normaliseCrypto(text: string): Normalised {
  const coin = coinOf(text);
  if (coin === 'eth' || /^(bc|ltc)1/i.test(text)) {
    return coin === null ? { fault: 'The check of this address is wrong.' } : { value: text.toLowerCase() };
  }
  return /^[A-Za-z0-9:_-]{20,130}$/.test(text)
    ? { value: text }
    : { fault: 'This is no address of a coin: 20 to 130 letters and digits.' };
}

/** @see ITU-T E.164 */
export function normalisePhone(text: string): Normalised {
  const number = parsePhoneNumberFromString(text.replace(/^00/, '+'));
  return number?.isPossible()
    ? { value: number.number }
    : { fault: 'This is no telephone number with its country code, such as +84 90 123 45 67.' };
}

/** Whether the numbering plan of its country has such a number. */
export const isPhone = (text: string): boolean => parsePhoneNumberFromString(text)?.isValid() ?? false;

/** Letters and digits, without what people put between them. Whose bank it is stands beside it. */
export function normaliseAccount(text: string): Normalised {
  const account = text.replace(/[\s./-]/gu, '').toUpperCase();
  return /^[\p{L}\p{N}*]{3,40}$/u.test(account)
    ? { value: account }
    : { fault: 'An account number has 3 to 40 letters and digits.' };
}

/** An IBAN with a sound check. */
export const isIban = (text: string): boolean => isIBAN(text);
