/** An open check is answered until it closes, whether or not the worker has closed it yet. */
export type CheckStatus = 'scheduled' | 'open' | 'closed';

export interface CheckTimes {
  openedAt: Date | null;
  closedAt: Date | null;
  closesAt: Date;
}

export const statusOf = ({ openedAt, closedAt, closesAt }: CheckTimes, now: Date): CheckStatus =>
  openedAt === null ? 'scheduled' : closedAt !== null || closesAt <= now ? 'closed' : 'open';

export type Outcome = 'waiting' | 'answered' | 'missed';

export const outcomeOf = (status: CheckStatus, answeredAt: Date | null): Outcome =>
  answeredAt !== null ? 'answered' : status === 'closed' ? 'missed' : 'waiting';

/**
 * Whether the region's schedule wants a check now.
 * @param last when the one before opened, or will open; where there was none, since when the region runs.
 */
export const isDue = (last: Date, everyDays: number, now: Date): boolean =>
  now.getTime() - last.getTime() >= everyDays * 24 * 60 * 60_000;

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** A code that can be read out over a telephone: no letter of it is taken for a digit. @see Crockford's base 32 */
export const codeOf = (bytes: Buffer): string =>
  [...bytes.subarray(0, 12)]
    .map((byte) => ALPHABET[byte & 31])
    .join('')
    .replace(/(.{4})(?=.)/g, '$1-');

/** As it was given out, however it was heard and typed. */
export const heardCode = (typed: string): string =>
  typed
    .toUpperCase()
    .replaceAll(/[^0-9A-Z]/g, '')
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1');
