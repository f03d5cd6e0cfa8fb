import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../kernel/actor.js';
import { Chance } from '../../../kernel/chance.js';
import { invalidInput } from '../../../kernel/problem.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { checkIfMatch } from '../../../platform/http/etag.js';
import {
  alreadyAnswered,
  checkNotOpen,
  codeNotValid,
  notChecked,
  notOnDuty,
  runsNoRegion,
} from './comms-check.problems.js';
import { codeOf, heardCode } from './comms-check.rules.js';
import { CommsChecksStore } from './comms-checks.store.js';
import { ReadCommsChecks } from './read-comms-checks.js';

/**
 * Answers a comms check: by an account of the organisation that is on duty, or by the one-time code that the secretariat
 * read out to its 24/7 contact. Either way the contact is verified.
 */
@Injectable()
export class AnswerCommsCheck {
  constructor(
    private readonly work: UnitOfWork,
    private readonly checks: CommsChecksStore,
    private readonly read: ReadCommsChecks,
    private readonly chance: Chance,
  ) {}

  /** @returns the check's id. */
  async byAccount(actor: Actor, id: string, ifMatch: string | undefined): Promise<string> {
    const row = await this.read.row(id);
    if (actor.standing !== 'active' || !(await this.read.isOnDuty(actor))) throw notOnDuty();
    if (ifMatch !== undefined) checkIfMatch(ifMatch, await this.read.viewOf(actor, row), false);
    if (this.read.status(row) !== 'open') throw checkNotOpen();
    const targets = await this.checks.targets([row.key]);
    if (!targets.some(({ org_key }) => org_key === actor.organisationKey)) throw notChecked();
    if (!(await this.checks.answer(row.key, actor.organisationKey, actor.userKey))) throw alreadyAnswered();
    this.emit(actor.userKey, id);
    return id;
  }

  /** Makes the code that a person reads out. It takes the place of the one before. */
  async issueCode(
    actor: Actor,
    id: string,
    organisation: string,
    ifMatch: string | undefined,
  ): Promise<{ id: string; code: string }> {
    const row = await this.read.row(id);
    if (!actor.permissions.has('region:admin') || actor.standing !== 'active') throw runsNoRegion();
    if (ifMatch !== undefined) checkIfMatch(ifMatch, await this.read.viewOf(actor, row), false);
    const target = (await this.checks.targets([row.key])).find(({ org_id }) => org_id === organisation);
    if (!target) throw invalidInput([{ pointer: '/organisation', detail: 'This organisation is not checked.' }]);
    if (this.read.status(row) !== 'open') throw checkNotOpen();
    if (target.answered_at !== null) throw alreadyAnswered();
    const code = codeOf(this.chance.bytes(12));
    this.checks.setCode(row.key, target.org_key, hashOfCode(code));
    const payload = { checkId: id, organisationId: organisation };
    this.work.emit({ type: 'comms-check.code-issued', version: 1, payload }, actor.userKey);
    return { id, code };
  }

  async byCode(code: string): Promise<Date> {
    const answered = await this.checks.answerByCode(hashOfCode(code));
    if (!answered) throw codeNotValid();
    // By nobody who has an account: for whom is said instead.
    const payload = { checkId: answered.check_id, organisationId: answered.org_id };
    this.work.emit({ type: 'comms-check.answered', version: 1, payload });
    return answered.answered_at;
  }

  private emit(by: number, checkId: string): void {
    this.work.emit({ type: 'comms-check.answered', version: 1, payload: { checkId } }, by);
  }
}

/** Sixty random bits that hold for an hour, behind the limit of sign-in: no need to slow the hash down. */
const hashOfCode = (code: string): Buffer => createHash('sha256').update(heardCode(code)).digest();
