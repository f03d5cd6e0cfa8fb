import type { Fault } from './problem.js';

/** Text that no database keeps: NUL, and halves of a surrogate pair. */
export function textFaults(value: unknown, at: string, place?: Fault['in']): Fault[] {
  if (typeof value === 'string')
    return value.includes('\0') || !value.isWellFormed()
      ? [
          {
            pointer: at,
            detail: 'This holds a NUL or half a character: send well-formed Unicode.',
            ...(place && { in: place }),
          },
        ]
      : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => [
    ...textFaults(name, `${at}/${escapePointer(name)}`, place),
    ...textFaults(member, `${at}/${escapePointer(name)}`, place),
  ]);
}

export const escapePointer = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');
