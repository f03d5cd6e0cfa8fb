import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { incidentWords } from '../../src/modules/search/document.js';
import { parseQuery } from '../../src/modules/search/query.js';
import { snippetOf } from '../../src/modules/search/snippet.js';
import { createTestDatabase } from '../support/test-database.js';

const LANGUAGES = ['th', 'lo', 'km', 'my', 'vi', 'ms', 'fil', 'en'];
const FEWEST_PAIRS = 50;
const RECALL = 0.9;

interface Pair {
  sentence: string;
  query: string;
}

const folder = path.join(import.meta.dirname, 'pairs');

function readPairs(language: string): { pairs: Pair[]; fragments: Pair[] } {
  const read: { pairs: Pair[]; fragments: Pair[] } = { pairs: [], fragments: [] };
  let sentence = '';
  for (const line of readFileSync(path.join(folder, `${language}.txt`), 'utf8').split('\n')) {
    const [mark, said] = [line[0], line.slice(2)];
    if (mark === '=') sentence = said;
    else if (mark === '+') read.pairs.push({ sentence, query: said });
    else if (mark === '-') read.fragments.push({ sentence, query: said });
  }
  return read;
}

const withoutDiacritics = (text: string): string =>
  text.normalize('NFD').replaceAll(/\p{M}/gu, '').replaceAll('đ', 'd').replaceAll('Đ', 'D');

describe('words of the region’s scripts', () => {
  let client: pg.Client;

  beforeAll(async () => {
    const database = await createTestDatabase();
    client = new pg.Client({ connectionString: database.superuserUrl });
    await client.connect();
  });
  afterAll(() => client.end());

  /** What PostgreSQL says; what it finds, is highlighted. */
  const isFound = async ({ sentence, query }: Pair): Promise<boolean> => {
    const words = incidentWords({ title: '', description: sentence, tags: [] });
    const asked = parseQuery(query);
    const { rows } = await client.query<{ found: boolean }>('select $1::tsvector @@ $2::tsquery as found', [
      words,
      asked.tsquery,
    ]);
    const found = rows[0]!.found;
    if (found) expect([query, snippetOf(sentence, asked)]).not.toEqual([query, null]);
    return found;
  };
  const failing = async (pairs: Pair[], wanted: boolean): Promise<Pair[]> => {
    const missed = [];
    for (const pair of pairs) if ((await isFound(pair)) !== wanted) missed.push(pair);
    return missed;
  };
  const report = (title: string, missed: Pair[], pairs: Pair[]): void => {
    const lines = missed.map(({ sentence, query }) => `  ${query}  in  ${sentence}`);
    const recall = ((pairs.length - missed.length) / pairs.length).toFixed(3);
    process.stdout.write(
      `${title}: ${pairs.length} pairs, recall ${recall}\n${lines.map((line) => `${line}\n`).join('')}`,
    );
  };

  it('has pairs for each of them, and for nothing else', () => {
    expect(readdirSync(folder).sort()).toEqual(LANGUAGES.map((language) => `${language}.txt`).sort());
  });

  it.each(LANGUAGES)('finds nine of ten words of %s at least', async (language) => {
    const { pairs } = readPairs(language);
    expect(pairs.length).toBeGreaterThanOrEqual(FEWEST_PAIRS);
    const missed = await failing(pairs, true);
    report(language, missed, pairs);
    expect(missed.length / pairs.length).toBeLessThanOrEqual(1 - RECALL);
  });

  it('finds Vietnamese that was typed without diacritics', async () => {
    const pairs = readPairs('vi').pairs.map(({ sentence, query }) => ({ sentence, query: withoutDiacritics(query) }));
    const missed = await failing(pairs, true);
    report('vi, without diacritics', missed, pairs);
    expect(missed.length / pairs.length).toBeLessThanOrEqual(1 - RECALL);
  });

  it.each(LANGUAGES)('finds no fragment of %s that is no word', async (language) => {
    const { fragments } = readPairs(language);
    expect(fragments.length).toBeGreaterThanOrEqual(25);
    expect(await failing(fragments, false)).toEqual([]);
  });
});
