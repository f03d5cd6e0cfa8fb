import { Injectable } from '@nestjs/common';
import { Secret, TOTP } from 'otpauth';
import { Chance } from '../../../kernel/chance.js';
import { SecretBox } from '../../../platform/secrets/secret-box.js';
import { AccountsStore } from './accounts.store.js';
import { seedContextOf } from './sealed-seeds.js';

const PERIOD_SECONDS = 30;
/** A code of the step before or after is taken, for clocks that differ. */
const WINDOW = 1;
const SEED_BYTES = 20;
const RECOVERY_CODES = 10;

export interface Enrolment {
  /** Base32, for typing. */
  secret: string;
  /** For a QR code. */
  otpauthUri: string;
}

/**
 * Time-based one-time codes and the recovery codes that stand in for them. Each is taken once.
 * @see RFC 6238, RFC 4226 §4 R6 for the length of the seed
 */
@Injectable()
export class SecondFactor {
  constructor(
    private readonly accounts: AccountsStore,
    private readonly box: SecretBox,
    private readonly chance: Chance,
  ) {}

  newSeed(): Buffer {
    return this.chance.bytes(SEED_BYTES);
  }

  seal(seed: Buffer, userKey: number): Buffer {
    return this.box.seal(seed, seedContextOf(userKey));
  }

  enrolment(sealed: Buffer, userKey: number, label: string): Enrolment {
    const totp = this.totp(sealed, userKey, label);
    return { secret: totp.secret.base32, otpauthUri: totp.toString() };
  }

  /** The time step that the code is of, or null for a code that is not of now. */
  stepOf(code: string, sealed: Buffer, userKey: number, at: Date): number | null {
    const delta = this.totp(sealed, userKey).validate({ token: code, timestamp: at.getTime(), window: WINDOW });
    return delta === null ? null : Math.floor(at.getTime() / 1000 / PERIOD_SECONDS) + delta;
  }

  /** Uses up a code; false for a wrong or a replayed one. */
  async takeCode(code: string, sealed: Buffer, userKey: number, at: Date): Promise<boolean> {
    const step = this.stepOf(code, sealed, userKey, at);
    return step !== null && (await this.accounts.takeTotpStep(userKey, step));
  }

  takeRecoveryCode(code: string, userKey: number): Promise<boolean> {
    return this.accounts.takeRecoveryCode(userKey, this.hashOf(code, userKey));
  }

  /** Makes new recovery codes, which replace the ones before. Shown once. */
  async newRecoveryCodes(userKey: number): Promise<string[]> {
    const codes = Array.from({ length: RECOVERY_CODES }, () => recoveryCode(this.chance.bytes(10)));
    await this.accounts.replaceRecoveryCodes(
      userKey,
      codes.map((code) => this.hashOf(code, userKey)),
    );
    return codes;
  }

  private hashOf(code: string, userKey: number): Buffer {
    return this.box.fingerprint('recovery-code', String(userKey), code.toLowerCase().replaceAll(/[^a-z2-7]/g, ''));
  }

  private totp(sealed: Buffer, userKey: number, label?: string): TOTP {
    const seed = this.box.open(sealed, seedContextOf(userKey));
    return new TOTP({
      issuer: 'Ronda',
      ...(label !== undefined && { label }),
      algorithm: 'SHA1',
      digits: 6,
      period: PERIOD_SECONDS,
      secret: new Secret({ buffer: Uint8Array.from(seed).buffer }),
    });
  }
}

/** 80 bits as four groups of base32. */
const recoveryCode = (bytes: Buffer): string =>
  (new Secret({ buffer: Uint8Array.from(bytes).buffer }).base32.toLowerCase().match(/.{4}/g) ?? []).join('-');
