import { acts, columns, door, files, never, permissionFor, reads, roleGives } from './rules.js';
import type { Case, Column, Line, Value } from './rules.js';

/** What the rules say of a case, and the sentence that says it. */
export interface Verdict {
  status: number;
  because: string;
}

type Facts = { [C in Column]?: Case[C] | undefined };

/** The columns that a line fills in, with what they admit. A quarter of a million cells ask for them. */
const filledIn = new WeakMap<Line<unknown>, [Column, ReadonlySet<unknown>][]>();
function columnsOf(line: Line<unknown>): [Column, ReadonlySet<unknown>][] {
  let filled = filledIn.get(line);
  if (!filled) {
    filled = (Object.keys(columns) as Column[]).flatMap((column): [Column, ReadonlySet<unknown>][] =>
      line[column] === undefined ? [] : [[column, new Set<unknown>([line[column]].flat())]],
    );
    filledIn.set(line, filled);
  }
  return filled;
}

/** Whether every column that the line fills in admits the case. A fact that the case lacks is admitted by no column. */
const speaksOf = (line: Line<unknown>, facts: Facts): boolean =>
  columnsOf(line).every(([column, admitted]) => admitted.has(facts[column]));

const firstOf = <Then>(table: readonly Line<Then>[], facts: Facts): Line<Then> | undefined =>
  table.find((line) => speaksOf(line, facts));

export const demandOf = (demands: string, role: keyof typeof roleGives): Value<'demand'> => {
  if (demands === 'anyone') return 'nothing';
  if (demands === 'link') return 'a one-time link';
  if (demands === 'enrolment') return 'enrolment';
  return roleGives[role].includes(demands) ? 'a permission of the role' : 'a permission of other roles';
};

/** What the door says; null lets in. */
export function atTheDoor(facts: Pick<Facts, 'credential' | 'demand' | 'standing'>): Verdict | null {
  const line = firstOf(door, facts);
  if (!line) return { status: 403, because: 'no line lets it in' };
  return line.then === 'in' ? null : { status: line.then, because: line.say };
}

/** Of several relations each may let in. */
export const whyReads = (facts: Facts, relations: readonly Value<'relation'>[]): string | null => {
  for (const relation of relations) {
    const line = firstOf(reads, { ...facts, relation });
    if (line) return line.say;
  }
  return null;
};

export type Asked = Omit<Case, 'demand' | 'relation'>;

/** The answer to an action on a record, from the door to the last rule. */
export function verdictOn(asked: Asked, relations: readonly Value<'relation'>[]): Verdict {
  const [relation] = relations;
  const facts: Facts = { ...asked, relation, demand: demandOf(permissionFor(asked.action), asked.role) };
  const turnedAway = atTheDoor(facts);
  if (turnedAway) return turnedAway;
  if (whyReads(facts, relations) === null) return { status: 404, because: 'no line lets it read the record' };
  const line = firstOf(acts, facts);
  if (!line) throw new Error(`No rule says what happens when ${inWords(asked, relations)}`);
  return { status: line.then, because: line.say };
}

export function verdictOnFiling(asked: Pick<Case, 'credential' | 'role' | 'standing'>): Verdict {
  const turnedAway = atTheDoor({ ...asked, demand: demandOf('incidents:write', asked.role) });
  if (turnedAway) return turnedAway;
  const line = firstOf(files, asked);
  if (!line) throw new Error('No rule says who files');
  return { status: line.then, because: line.say };
}

/** The sentences that forbid what the ways in would let in: none, or the rules contradict each other. */
export const forbiddenBy = (facts: Facts): string[] =>
  never.filter((line) => speaksOf(line, facts)).map((line) => line.say);

export const callerInWords = (
  caller: Pick<Case, 'credential' | 'organisation' | 'itsCert' | 'standing' | 'role'>,
): string => {
  const cert = caller.itsCert === 'none' ? '' : ` whose CERT ${caller.itsCert}`;
  const how = /^(nothing|made|expired|revoked)/.test(caller.credential) ? 'showing' : 'by';
  return `the ${caller.role} of the ${caller.standing} ${caller.organisation}${cert}, ${how} ${caller.credential}`;
};

export const inWords = (asked: Asked, relations: readonly Value<'relation'>[]): string =>
  `${callerInWords(asked)}, asks to ${asked.action} a record that is ${asked.marking} and ${asked.state}; to which it is: ${relations.join(', ')}`;
