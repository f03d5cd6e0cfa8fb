import pg from 'pg';
import type { Connection, Pool, PoolClient, QueryResultRow } from 'pg';
import pgUtils from 'pg/lib/utils.js';
import type { Statement } from './statement.js';

export interface Answer {
  rows: Record<string, unknown>[];
  /** The first word of the server's tag: `SELECT`, `INSERT`, `COMMIT` … */
  command: string;
}

/** A statement with its values, and who waits for what it answers. */
export interface Asked {
  statement: Statement;
  values: unknown[];
  answer: (answer: Answer) => void;
  fail: (error: unknown) => void;
}

/** A connection, as far as it is used here; pg's types leave most of it out. */
interface Wire {
  stream: Connection['stream'];
  parsedStatements: Record<string, string>;
  submittedNamedStatements: Record<string, string>;
  parse(message: { name: string; text: string }): void;
  bind(message: { statement: string; values: unknown[]; valueMapper: (value: unknown) => unknown }): void;
  describe(message: { type: 'P'; name: string }): void;
  execute(message: object): void;
  sync(): void;
}

interface Column {
  name: string;
  parse: (text: string) => unknown;
}

const { prepareValue } = pgUtils;

/** How the rows of a prepared statement are made. */
interface Shape {
  columns: readonly Column[];
  /** A row of nulls. Copies of it are objects of one shape to V8, which makes whatever reads them faster. */
  blank: Readonly<Record<string, unknown>>;
}

const SHAPELESS: Shape = { columns: [], blank: {} };

/** The shape of what each prepared statement answers with, which a connection is told once. */
const shapesOf = new WeakMap<Wire, Map<string, Shape>>();

/**
 * Prepared statements that leave together and are answered behind one Sync: in the transaction that is open, else in one
 * of their own. When one fails, so do all.
 *
 * Sent by itself, each statement costs a write and a Sync, for which the server writes in turn and both sides wake up,
 * and pg has its columns described and looks up their parsers each time. For what a request asks here that was half of
 * it (bench/README.md). A subclass, because pg lets nothing else into a connection that pipelines.
 * @see PostgreSQL, 54.2.3 Extended Query and 54.2.4 Pipelining
 */
export class StatementGroup extends pg.Query {
  /** Of the statement that is answered now: pg notes by them what is prepared. */
  name: string | undefined;
  text: string | undefined;
  private shape: Shape | undefined;
  private readonly answers: Answer[];
  private current = 0;

  /** @param onEnd called when all have been answered, or have failed: then with why the connection is of no more use, if so. */
  constructor(
    private readonly client: PoolClient,
    private readonly asked: readonly Asked[],
    private readonly onEnd?: (broken?: Error) => void,
  ) {
    super({ text: '' });
    this.answers = asked.map(() => ({ rows: [], command: '' }));
  }

  override submit = (connection: Connection): void => {
    const wire = connection as unknown as Wire;
    const known = shapesOf.get(wire) ?? new Map<string, Shape>();
    shapesOf.set(wire, known);
    wire.stream.cork();
    for (const { statement, values } of this.asked) {
      const { name, text } = statement;
      if ((wire.parsedStatements[name] ?? wire.submittedNamedStatements[name]) === undefined) {
        wire.parse({ name, text });
        wire.submittedNamedStatements[name] = text;
      }
      wire.bind({ statement: name, values, valueMapper: prepareValue });
      if (!known.has(name)) wire.describe({ type: 'P', name: '' });
      wire.execute({});
    }
    wire.sync();
    wire.stream.uncork();
    this.begin(wire);
  };

  handleRowDescription({ fields }: { fields: { name: string; dataTypeID: number }[] }): void {
    const columns = fields.map(({ name, dataTypeID }) => ({
      name,
      parse: this.client.getTypeParser(dataTypeID) as Column['parse'],
    }));
    this.shape = { columns, blank: Object.fromEntries(columns.map(({ name }) => [name, null])) };
  }

  handleDataRow({ fields }: { fields: (string | null)[] }): void {
    const { columns, blank } = this.shape ?? SHAPELESS;
    const row: Record<string, unknown> = { ...blank };
    for (let at = 0; at < columns.length; at++) {
      const column = columns[at] as Column;
      const text = fields[at];
      if (text !== null && text !== undefined) row[column.name] = column.parse(text);
    }
    this.answers[this.current]?.rows.push(row);
  }

  handleCommandComplete({ text }: { text: string }, wire: Wire): void {
    const answer = this.answers[this.current];
    if (answer) answer.command = text.split(' ', 1)[0] ?? '';
    if (this.name !== undefined) shapesOf.get(wire)?.set(this.name, this.shape ?? SHAPELESS);
    this.current += 1;
    this.begin(wire);
  }

  handleReadyForQuery(): void {
    for (const [at, { answer }] of this.asked.entries()) answer(this.answers[at] as Answer);
    this.onEnd?.();
  }

  handleError(error: unknown, wire: Wire): void {
    // Behind the failed one the server has skipped everything, so nothing of it is prepared.
    for (const { statement } of this.asked.slice(this.current)) delete wire.submittedNamedStatements[statement.name];
    for (const { fail } of this.asked) fail(error);
    this.onEnd?.(isBroken(error) ? error : undefined);
  }

  private begin(wire: Wire): void {
    const statement = this.asked[this.current]?.statement;
    this.name = statement?.name;
    this.text = statement?.text;
    this.shape = statement && shapesOf.get(wire)?.get(statement.name);
  }
}

/** Behind an error of a statement the connection goes on; behind one that ends the session, or none of the server's, not. */
const isBroken = (error: unknown): error is Error =>
  error instanceof Error && !(error instanceof pg.DatabaseError && !/^(08|57P)/.test(error.code ?? ''));

/**
 * Sends a group in a transaction of its own, and gives the connection back when it has ended.
 * @param asked called when there is a connection.
 */
export async function sendAlone(pool: Pool, asked: () => readonly Asked[]): Promise<void> {
  const client = await pool.connect();
  client.query(
    new StatementGroup(client, asked(), (broken) => {
      client.release(broken);
    }),
  );
}

/** One statement, outside any unit of work. */
export async function askAlone<R extends QueryResultRow>(
  pool: Pool,
  statement: Statement,
  values: unknown[],
): Promise<R[]> {
  const { rows } = await new Promise<Answer>((answer, fail) => {
    sendAlone(pool, () => [{ statement, values, answer, fail }]).catch(fail);
  });
  return rows as R[];
}
