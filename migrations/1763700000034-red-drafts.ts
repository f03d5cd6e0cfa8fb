import type { MigrationInterface, QueryRunner } from 'typeorm';
import { RED_STAYS, TO_RECEIVED, guardAdvisory } from './advisory-guards.js';

const p = '(select ronda.reader_principals())::int[]';
const space = '(select ronda.space())';
const parent = (where: string): string =>
  `exists (select from ronda.advisory a where a.space = ${space} and a.key = advisory_key and ${where})`;

const SAID = ['approval', 'comment', 'change'] as const;
const inReview = `(a.owner_readers && ${p} or a.reviewers && ${p})`;

/** @param since of which revision on whoever reviews reads them; and what was said of them, they and the owner's side. */
const readers = (since: { reviewed: string; said: string }): string => `
  drop policy advisory_revision_read on ronda.advisory_revision;
  create policy advisory_revision_read on ronda.advisory_revision for select to ronda_app
    using (space = ${space} and ${parent(`(advisory_revision.audience && ${p} or a.reviewers && ${p}${since.reviewed})`)});
  ${SAID.map(
    (said) => `drop policy advisory_${said}_read on ronda.advisory_${said};
  create policy advisory_${said}_read on ronda.advisory_${said} for select to ronda_app
    using (space = ${space} and ${parent(`${inReview}${since.said}`)});`,
  ).join('\n  ')}`;

/**
 * A RED draft is its author's and whom that names. Where an advisory goes from RED to a wider marking, what was written at
 * RED, and what was said of it in review, does not go with it to those who are invited afterwards, nor to the author's colleagues.
 */
export class RedDrafts1763700000034 implements MigrationInterface {
  name = 'RedDrafts1763700000034';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- The first revision that whoever reviews it may read.
      alter table ronda.advisory add column opened_from int not null default 1;
      alter table ronda.advisory no force row level security;
      alter table ronda.advisory_revision no force row level security;
      update ronda.advisory a set opened_from = r.last + 1
        from (select v.space, v.advisory_key, max(v.number) as last from ronda.advisory_revision v where v.tlp = 'TLP:RED' group by 1, 2) r
       where r.space = a.space and r.advisory_key = a.key and r.last < a.head;
      alter table ronda.advisory_revision force row level security;
      alter table ronda.advisory force row level security;
      alter table ronda.advisory add constraint advisory_opened_from check (opened_from between 1 and head + 1);
      grant update (opened_from) on ronda.advisory to ronda_app;
      ${guardAdvisory(TO_RECEIVED, RED_STAYS)}
      ${readers({
        reviewed: ' and advisory_revision.number >= a.opened_from',
        said: ` and (number >= a.opened_from or a.author_key = any (${p}))`,
      })}
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ${readers({ reviewed: '', said: '' })}
      ${guardAdvisory(TO_RECEIVED)}
      alter table ronda.advisory drop column opened_from;
    `);
  }
}
