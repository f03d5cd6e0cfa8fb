import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The number of an exercise is drawn by lot. Given in turn, it told everybody who plays how many exercises the region had
 * held before: the name of an exercise's ledger and each of its entries say the number.
 */
export class SpaceNumbers1763700000028 implements MigrationInterface {
  name = 'SpaceNumbers1763700000028';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table ronda.exercise alter column space drop identity, add constraint exercise_space_check check (space > 0);
      grant insert (space) on ronda.exercise to ronda_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      revoke insert (space) on ronda.exercise from ronda_app;
      alter table ronda.exercise drop constraint exercise_space_check, alter column space add generated always as identity (start with 1);
      -- Behind the numbers that were drawn, which are below 2^30.
      select setval(pg_get_serial_sequence('ronda.exercise', 'space'), (select max(space) from ronda.exercise))
        from ronda.exercise limit 1;
    `);
  }
}
