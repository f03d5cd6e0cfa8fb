import { Injectable } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';
import { Chance } from '../../../kernel/chance.js';

/** Argon2id is the library's default algorithm. @see OWASP Password Storage Cheat Sheet */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Of 32 random bytes that nobody kept, at the same cost as everybody's. */
const ofNobody = '$argon2id$v=19$m=19456,t=2,p=1$6u7EDZNM8odtB2okUOT9PA$wLClL1KwvxShVhjrMLLWt7Q8ojOIYO6aMhtFO0Yckyg';

/** Most addresses have one account; two verifications always run, so that the second account of one does not show. */
const VERIFICATIONS_AT_LEAST = 2;

/** As NIST SP 800-63B-4 §3.1.1.2 asks: one form for what people type on different keyboards. */
const normalise = (password: string): string => password.normalize('NFKC');

@Injectable()
export class Passwords {
  constructor(private readonly chance: Chance) {}

  hash(password: string): Promise<string> {
    return hash(normalise(password), { ...cost, salt: this.chance.bytes(16) });
  }

  async matches(password: string, stored: string | null): Promise<boolean> {
    const isRight = await verify(stored ?? ofNobody, normalise(password));
    return isRight && stored !== null;
  }

  /**
   * The place of the first hash that the password matches, or -1. Takes as long for no hash as for two.
   * @param stored of each account of an address; null for one without a password.
   */
  async firstMatch(password: string, stored: readonly (string | null)[]): Promise<number> {
    const tried = [...stored];
    while (tried.length < VERIFICATIONS_AT_LEAST) tried.push(null);
    const results = await Promise.all(tried.map((each) => this.matches(password, each)));
    return results.indexOf(true);
  }
}
