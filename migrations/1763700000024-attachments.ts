import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Requests that were drafted of a list of indicators, and attachments of incidents. */
export class Attachments1763700000024 implements MigrationInterface {
  name = 'Attachments1763700000024';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table ronda.request
        -- Names what was drafted at once, to its asker alone.
        add column routing_id uuid,
        -- What it is about: type, value, and what of those asked it is in.
        add column indicators jsonb not null default '[]' check (jsonb_typeof(indicators) = 'array'),
        add column indicator_count int generated always as (jsonb_array_length(indicators)) stored;
      create index request_routing on ronda.request (space, owner_key, routing_id) where routing_id is not null;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop index ronda.request_routing;
      alter table ronda.request drop column indicator_count, drop column indicators, drop column routing_id;
    `);
  }
}
