/** The values that each factor can take. */
export type Factors = Readonly<Record<string, readonly unknown[]>>;
export type Row<F extends Factors> = { -readonly [K in keyof F]: F[K][number] };

interface Pair {
  one: string;
  oneValue: unknown;
  other: string;
  otherValue: unknown;
}

/**
 * Rows in which every two values of two factors meet at least once, but for those that never can. The same factors give
 * the same rows, in the same order.
 * @param isPossible asked of rows that lack factors too: false only where no value of what is missing would help.
 */
export function pairwise<F extends Factors>(factors: F, isPossible: (row: Partial<Row<F>>) => boolean): Row<F>[] {
  const names = Object.keys(factors);
  const waiting = new Map(allPairs(factors).map((pair) => [keyOf(pair), pair]));
  const rows: Row<F>[] = [];
  for (const [key, pair] of waiting) {
    if (!waiting.has(key)) continue;
    const seed = { [pair.one]: pair.oneValue, [pair.other]: pair.otherValue };
    const rest = names.filter((name) => !(name in seed));
    const row = isPossible(seed as Partial<Row<F>>) ? complete(factors, seed, rest, isPossible, waiting) : null;
    waiting.delete(key);
    if (!row) continue;
    for (const met of pairsOf(row)) waiting.delete(met);
    rows.push(row as Row<F>);
  }
  return rows;
}

/** Every pair that some row could hold, and that none of these does. */
export function missingPairs<F extends Factors>(
  factors: F,
  rows: readonly Row<F>[],
  isPossible: (row: Partial<Row<F>>) => boolean,
): string[] {
  const met = new Set(rows.flatMap((row) => pairsOf(row)));
  return allPairs(factors)
    .filter((pair) => !met.has(keyOf(pair)))
    .filter((pair) => {
      const seed = { [pair.one]: pair.oneValue, [pair.other]: pair.otherValue };
      const rest = Object.keys(factors).filter((name) => !(name in seed));
      return isPossible(seed as Partial<Row<F>>) && complete(factors, seed, rest, isPossible, new Map()) !== null;
    })
    .map(keyOf);
}

/** Fills in the factors one by one, each with the value that meets most of what is still waiting, and turns back where none fits. */
function complete<F extends Factors>(
  factors: F,
  row: Record<string, unknown>,
  [name, ...rest]: string[],
  isPossible: (row: Partial<Row<F>>) => boolean,
  waiting: ReadonlyMap<string, Pair>,
): Record<string, unknown> | null {
  if (name === undefined) return row;
  const gain = (value: unknown): number =>
    Object.entries(row).filter(([other, otherValue]) =>
      waiting.has(keyOf({ one: name, oneValue: value, other, otherValue })),
    ).length;
  // Where nothing is gained, the values take turns, so that rows differ in what pairs do not ask for too.
  const turn = waiting.size;
  const values = (factors[name] ?? []).map((value, index, all) => ({
    value,
    gain: gain(value),
    turn: (index + turn) % all.length,
  }));
  values.sort((a, b) => b.gain - a.gain || a.turn - b.turn);
  for (const { value } of values) {
    const next = { ...row, [name]: value };
    if (!isPossible(next as Partial<Row<F>>)) continue;
    const completed = complete(factors, next, rest, isPossible, waiting);
    if (completed) return completed;
  }
  return null;
}

function allPairs(factors: Factors): Pair[] {
  const names = Object.keys(factors);
  return names.flatMap((one, index) =>
    names
      .slice(index + 1)
      .flatMap((other) =>
        (factors[one] ?? []).flatMap((oneValue) =>
          (factors[other] ?? []).map((otherValue) => ({ one, oneValue, other, otherValue })),
        ),
      ),
  );
}

function pairsOf(row: Record<string, unknown>): string[] {
  const entries = Object.entries(row);
  return entries.flatMap(([one, oneValue], index) =>
    entries.slice(index + 1).map(([other, otherValue]) => keyOf({ one, oneValue, other, otherValue })),
  );
}

const keyOf = ({ one, oneValue, other, otherValue }: Pair): string =>
  one < other
    ? `${one}=${String(oneValue)} & ${other}=${String(otherValue)}`
    : `${other}=${String(otherValue)} & ${one}=${String(oneValue)}`;
