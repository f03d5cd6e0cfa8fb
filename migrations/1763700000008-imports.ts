import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How an organisation's own spreadsheets are to be read. */
export class Imports1763700000008 implements MigrationInterface {
  name = 'Imports1763700000008';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table ronda.import_mapping (
        space int not null,
        org_key int not null references ronda.organisation (key),
        id uuid not null,
        name text not null,
        -- Headings as the file has them, to names of fields.
        columns jsonb not null,
        date_order text check (date_order in ('day-first', 'month-first')),
        era text check (era in ('buddhist', 'gregorian')),
        time_zone text,
        saved_by int not null references ronda.user_account (key),
        saved_at timestamptz not null,
        primary key (space, org_key, id),
        unique (space, org_key, name)
      );
      alter table ronda.import_mapping enable row level security, force row level security;
    `);
    const p = '(select ronda.reader_principals())::int[]';
    const own = `space = (select ronda.space()) and org_key = any (${p})`;
    await runner.query(`
      grant select, insert, delete, update (name, columns, date_order, era, time_zone, saved_by, saved_at)
        on ronda.import_mapping to ronda_app;
      create policy import_mapping_read on ronda.import_mapping for select to ronda_app using (${own});
      create policy import_mapping_insert on ronda.import_mapping for insert to ronda_app
        with check (${own} and saved_by = any (${p}));
      create policy import_mapping_update on ronda.import_mapping for update to ronda_app
        using (${own}) with check (${own} and saved_by = any (${p}));
      create policy import_mapping_keep on ronda.import_mapping for select to ronda_keeper using (true);
      create policy import_mapping_delete on ronda.import_mapping for delete to ronda_app using (${own});
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table ronda.import_mapping');
  }
}
