import { Injectable } from '@nestjs/common';
import { statement } from '../../platform/database/statement.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { advisoryWords, commentWords, incidentWords, saysTheSame } from './document.js';
import type { AdvisoryText, IncidentText } from './document.js';
import { segmenterVersion } from './words.js';

const writeRevision = statement(
  'search-write-revision',
  `insert into ronda.search_document (space, incident_key, number, comment_key, segmenter, words)
   select i.space, i.key, $3, 0, $4, $5::tsvector from ronda.incident i where i.space = $1 and i.id = $2`,
);
const writeFirstRevisions = statement(
  'search-write-first-revisions',
  `insert into ronda.search_document (space, incident_key, number, comment_key, segmenter, words)
   select i.space, i.key, 1, 0, $2, e.words::tsvector
     from jsonb_to_recordset($3::jsonb) as e (id uuid, words text) join ronda.incident i on i.space = $1 and i.id = e.id`,
);
const writeComment = statement(
  'search-write-comment',
  `insert into ronda.search_document (space, incident_key, number, comment_key, segmenter, words)
   select c.space, c.incident_key, 0, c.key, $3, $4::tsvector from ronda.incident_comment c where c.space = $1 and c.id = $2`,
);
const removeComment = statement(
  'search-remove-comment',
  `delete from ronda.search_document d using ronda.incident_comment c
    where c.space = $1 and c.id = $2 and d.space = c.space and d.incident_key = c.incident_key and d.number = 0 and d.comment_key = c.key`,
);
const writeAdvisory = statement(
  'search-write-advisory',
  `insert into ronda.advisory_document (space, advisory_key, number, segmenter, words)
   select a.space, a.key, $3, $4, $5::tsvector from ronda.advisory a where a.space = $1 and a.id = $2`,
);
const forget = statement('search-forget', 'select ronda.search_forget($1)');

/** Writes what is found by words, in the unit of work that writes what it says. Nothing of it is waited for. */
@Injectable()
export class SearchIndex {
  private readonly segmenter = segmenterVersion();

  constructor(private readonly work: UnitOfWork) {}

  /**
   * A revision's words, behind its record and before its owner's side changes.
   * @param before what the revision before said, where the writer knows: a revision that says the same is found by those words.
   */
  writeRevision(incidentId: string, number: number, text: IncidentText, before: IncidentText | null = null): void {
    if (before && saysTheSame(before, text)) return;
    this.work.write(writeRevision, [this.work.space, incidentId, number, this.segmenter, incidentWords(text)]);
  }

  /** Of many records that are filed at once, behind them. */
  writeFirstRevisions(records: readonly { id: string; text: IncidentText }[]): void {
    if (records.length === 0) return;
    const rows = records.map(({ id, text }) => ({ id, words: incidentWords(text) }));
    this.work.write(writeFirstRevisions, [this.work.space, this.segmenter, JSON.stringify(rows)]);
  }

  /** Behind the comment's own row. */
  writeComment(commentId: string, body: string): void {
    this.work.write(writeComment, [this.work.space, commentId, this.segmenter, commentWords(body)]);
  }

  rewriteComment(commentId: string, body: string): void {
    this.removeComment(commentId);
    this.writeComment(commentId, body);
  }

  removeComment(commentId: string): void {
    this.work.write(removeComment, [this.work.space, commentId]);
  }

  /** A revision's words, behind it. */
  writeAdvisory(advisoryId: string, number: number, text: AdvisoryText): void {
    this.work.write(writeAdvisory, [this.work.space, advisoryId, number, this.segmenter, advisoryWords(text)]);
  }

  /**
   * Takes every word of a record out of the index, of all its revisions and comments, with this unit of work; the worker
   * puts back within a minute what it says then. For erasure, as the record's owner, or for retention as the worker.
   */
  async forgetRecord(incidentKey: number): Promise<void> {
    await this.work.query(forget, [incidentKey]);
  }
}
