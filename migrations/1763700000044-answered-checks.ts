import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Of an answer by code the ledger is told which check it was, and for whom: the code itself stands for nobody. */
export class AnsweredChecks1763700000044 implements MigrationInterface {
  name = 'AnsweredChecks1763700000044';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      answerCommsCheck({
        returns: 'table (answered_at timestamptz, check_id uuid, org_id uuid)',
        declared: 'reached int; asked uuid;',
        none: 'return;',
        found: 'return query select at, asked, o.id from organisation o where o.key = reached;',
        asks: 't.org_key, c.id into reached, asked',
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      answerCommsCheck({
        returns: 'timestamptz',
        declared: 'reached int;',
        none: 'return null;',
        found: 'return at;',
        asks: 't.org_key into reached',
      }),
    );
  }
}

const answerCommsCheck = (it: {
  returns: string;
  declared: string;
  none: string;
  found: string;
  asks: string;
}): string => `
  drop function ronda.answer_comms_check(bytea, timestamptz);
  -- Whoever was read the code out has answered for the organisation: it proves that its 24/7 contact is reached, and
  -- opens nothing. Nothing for a code that is none, was used, or came too late.
  create function ronda.answer_comms_check(code bytea, at timestamptz) returns ${it.returns}
    language plpgsql volatile security definer set search_path = ronda, pg_temp as $$
  #variable_conflict use_column
  declare ${it.declared}
  begin
    update comms_check_target t set answered_at = at, via = 'code' from comms_check c
     where c.space = space() and t.space = c.space and t.check_key = c.key and t.code_hash = code and t.answered_at is null
       and c.opened_at is not null and c.closed_at is null and c.closes_at > at
    returning ${it.asks};
    if reached is null then ${it.none} end if;
    update contact set last_verified_at = at, version = version + 1
     where org_key = reached and kind = 'point-of-contact' and is_24x7;
    ${it.found}
  end $$;
  do $$
  begin
    execute 'grant create on schema ronda to ronda_deriver';
    execute 'alter function ronda.answer_comms_check(bytea, timestamptz) owner to ronda_deriver';
    execute 'revoke create on schema ronda from ronda_deriver';
    execute 'revoke all on function ronda.answer_comms_check(bytea, timestamptz) from public';
    execute 'grant execute on function ronda.answer_comms_check(bytea, timestamptz) to ronda_app';
  end $$;`;
