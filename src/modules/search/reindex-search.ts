import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../kernel/clock.js';
import { statement } from '../../platform/database/statement.js';
import { LIVE, UnitOfWork } from '../../platform/database/unit-of-work.js';
import { advisoryWords, commentWords, incidentWords } from './document.js';
import { segmenterVersion } from './words.js';

interface DueRow {
  space: number;
  incident_key: number;
  number: number;
  comment_key: number;
  title: string | null;
  description: string | null;
  tags: string[];
  body: string | null;
}

const due = statement('search-due', 'select * from ronda.search_due($1, $2)');
const advisoriesDue = statement('search-advisories-due', 'select * from ronda.advisory_words_due($1, $2)');
const reindexAdvisories = statement('search-advisories-reindex', 'select ronda.advisory_words_reindex($1, $2)');
const reindex = statement('search-reindex', 'select ronda.search_reindex($1, $2)');

interface DueAdvisoryRow {
  space: number;
  advisory_key: number;
  number: number;
  title: string | null;
  summary: string | null;
  body: string | null;
}

const BATCH = 200;
/** The worker has other things to do each minute. */
const LONGEST_ROUND_MS = 30_000;

/**
 * Cuts into words anew what another version of the segmenter cut, or what changed under its words. Each batch is a
 * transaction, and what is due is told by its rows: a round that is cut short leaves the rest to the next. Search goes on
 * meanwhile, with the old words until the new ones are there.
 */
@Injectable()
export class ReindexSearch {
  private readonly log = new Logger(ReindexSearch.name);

  constructor(
    private readonly work: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /**
   * @param segmenter what the words are cut by; this process's own.
   * @returns how many documents were cut anew.
   */
  async run(segmenter = segmenterVersion(), batch = BATCH): Promise<number> {
    const until = this.clock.now().getTime() + LONGEST_ROUND_MS;
    let done = 0;
    for (;;) {
      const taken = (await this.next(segmenter, batch)) + (await this.nextAdvisories(segmenter, batch));
      done += taken;
      if (taken === 0 || this.clock.now().getTime() > until) break;
    }
    if (done > 0) this.log.log(`${done} texts were cut into words by ${segmenter}`);
    return done;
  }

  /** One batch of what incidents say, in a transaction of its own. */
  next(segmenter: string, batch: number): Promise<number> {
    return this.work.run('nobody', LIVE, 'write', async () => {
      const rows = await this.work.query<DueRow>(due, [segmenter, batch]);
      if (rows.length === 0) return 0;
      const documents = rows.map(({ space, incident_key, number, comment_key, ...said }) => ({
        space,
        incident_key,
        number,
        comment_key,
        words:
          comment_key > 0
            ? commentWords(said.body ?? '')
            : incidentWords({ title: said.title ?? '', description: said.description, tags: said.tags }),
      }));
      await this.work.query(reindex, [segmenter, JSON.stringify(documents)]);
      return rows.length;
    });
  }

  /** As `next`, of advisories. */
  nextAdvisories(segmenter: string, batch: number): Promise<number> {
    return this.work.run('nobody', LIVE, 'write', async () => {
      const rows = await this.work.query<DueAdvisoryRow>(advisoriesDue, [segmenter, batch]);
      if (rows.length === 0) return 0;
      const documents = rows.map(({ space, advisory_key, number, title, summary, body }) => ({
        space,
        advisory_key,
        number,
        words: advisoryWords({ title: title ?? '', summary: summary ?? '', body: body ?? '' }),
      }));
      await this.work.query(reindexAdvisories, [segmenter, JSON.stringify(documents)]);
      return rows.length;
    });
  }
}
