import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What comes in from elsewhere: by which of its own names the owner's side knows a line that it has sent. */
export class Exchange1763700000005 implements MigrationInterface {
  name = 'Exchange1763700000005';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table ronda.filed_line (
        space int not null,
        org_key int not null references ronda.organisation (key),
        -- Set where the record was hidden from others of the organisation when it was filed (RED), or another's already
        -- had the name: whether a colleague used it before is nothing that an answer may tell.
        user_key int references ronda.user_account (key),
        -- SHA-256 of the first external reference, else of the stream's key and the line's number.
        identity bytea not null check (length(identity) = 32),
        -- SHA-256 of the line's canonical JSON.
        content_hash bytea not null check (length(content_hash) = 32),
        incident_id uuid not null,
        created_at timestamptz not null,
        unique nulls not distinct (space, org_key, identity, user_key),
        foreign key (space, incident_id) references ronda.incident (space, id)
      );
      create index filed_line_record on ronda.filed_line (space, incident_id);
      alter table ronda.filed_line enable row level security, force row level security;
    `);
    const p = '(select ronda.reader_principals())::int[]';
    const own = `space = (select ronda.space()) and org_key = any (${p}) and (user_key is null or user_key = any (${p}))`;
    await runner.query(`
      grant select, insert, update (content_hash, incident_id) on ronda.filed_line to ronda_app;
      create policy filed_line_read on ronda.filed_line for select to ronda_app using (${own});
      create policy filed_line_insert on ronda.filed_line for insert to ronda_app with check (${own}
        and exists (select from ronda.incident i where i.space = (select ronda.space()) and i.id = incident_id and i.owner_readers && ${p}));
      create policy filed_line_update on ronda.filed_line for update to ronda_app using (${own}) with check (${own}
        and exists (select from ronda.incident i where i.space = (select ronda.space()) and i.id = incident_id and i.owner_readers && ${p}));
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table ronda.filed_line');
  }
}
