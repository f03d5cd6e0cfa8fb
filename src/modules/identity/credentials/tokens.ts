import { createHash } from 'node:crypto';
import type { Chance } from '../../../kernel/chance.js';

/** Prefixes by which a leaked token is recognised for what it is. */
const prefix = { access: 'ronda_at_', refresh: 'ronda_rt_', 'api-key': 'ronda_key_', link: 'ronda_link_' } as const;
export type TokenKind = keyof typeof prefix;

export interface MintedToken {
  /** Shown once, to its holder. */
  token: string;
  /** SHA-256, which is all that is kept. */
  hash: Buffer;
}

/** A token of 32 random bytes: no need to slow its hash down, nobody guesses it. */
export function mintToken(chance: Chance, kind: TokenKind): MintedToken {
  const token = prefix[kind] + chance.bytes(32).toString('base64url');
  return { token, hash: hashOfToken(token) };
}

export const hashOfToken = (token: string): Buffer => createHash('sha256').update(token).digest();

const secret = '[A-Za-z0-9_-]{43}';
const shape = new RegExp(`^(?:${Object.values(prefix).join('|')})${secret}$`);

/** Whether a text can be a token at all; anything else need not be looked up. */
export const isToken = (text: string, kind?: TokenKind): boolean =>
  shape.test(text) && (kind === undefined || text.startsWith(prefix[kind]));
