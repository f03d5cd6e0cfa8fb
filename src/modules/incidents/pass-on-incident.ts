import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { Chance } from '../../kernel/chance.js';
import type { Fault } from '../../kernel/problem.js';
import { forbidden, invalidInput, notFound } from '../../kernel/problem.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { checkIfMatch } from '../../platform/http/etag.js';
import { mayReceive, whyNotPassOn } from '../../policy/pass-on.js';
import { DirectoryReader } from '../identity/index.js';
import { PassOnsStore } from '../sharing/index.js';
import type { PassOnDto, PassOnList, PassOnRow, PassOnView } from '../sharing/index.js';
import { IncidentReader } from './incident.reader.js';

/** A national CERT passes what it reads at AMBER on to bodies of its own, and takes that back. */
@Injectable()
export class PassOnIncident {
  constructor(
    private readonly work: UnitOfWork,
    private readonly reader: IncidentReader,
    private readonly passOns: PassOnsStore,
    private readonly directory: DirectoryReader,
    private readonly chance: Chance,
  ) {}

  /** @returns the record's id. */
  async run(actor: Actor, id: string, body: PassOnDto, ifMatch: string | undefined): Promise<string> {
    const row = await this.reader.row(id);
    const read = await this.passOns.tlpAsWhole(row.key, actor.userKey);
    const whyNot = whyNotPassOn({
      actor,
      isOwner: row.is_owner,
      isReadAsWhole: read !== undefined,
      tlp: read?.tlp ?? null,
    });
    if (whyNot !== null) throw forbidden(whyNot);
    const [view] = await this.reader.views(actor, [row]);
    checkIfMatch(ifMatch, view, false);
    const to = await this.recipients(actor, body.organisations);
    const made = await this.passOns.insert({
      recordKey: row.key,
      certKey: actor.organisationKey,
      to: to.map(({ key }) => ({ id: this.chance.uuid(), organisationKey: key })),
      note: body.needToKnow ?? null,
      tellsOriginator: body.tellOriginator,
      by: actor.userKey,
    });
    // Neither to whom nor of which revision: the owner's side reads what names a revision, and is told by the CERT's choice.
    for (const passOnId of made)
      this.work.emit({ type: 'pass-on.made', version: 1, payload: { incidentId: id, passOnId } }, actor.userKey);
    return id;
  }

  async list(actor: Actor, id: string): Promise<PassOnList> {
    const row = await this.reader.row(id);
    const [rows, told] = await Promise.all([
      this.passOns.ofRecord(row.key),
      row.is_owner ? this.passOns.told(row.key) : [],
    ]);
    return {
      items: rows.map((each) => toPassOnView(each, actor)),
      told: told.map(({ cert_id, cert_name, cert_country, recipients }) => ({
        organisation: { id: cert_id, name: cert_name, country: cert_country },
        recipients,
      })),
    };
  }

  async view(actor: Actor, id: string, passOnId: string): Promise<PassOnView> {
    const { key } = await this.reader.row(id);
    const row = await this.passOns.byId(key, passOnId);
    if (!row) throw notFound();
    return toPassOnView(row, actor);
  }

  /** From the next request on its recipient reads the record no longer, and is asked for its copies. */
  async takeBack(actor: Actor, id: string, passOnId: string, ifMatch: string | undefined): Promise<void> {
    const view = await this.view(actor, id, passOnId);
    if (view.allowedActions.length === 0)
      throw forbidden('Only an analyst or a coordinator of the CERT that passed it on takes it back.');
    checkIfMatch(ifMatch, view, true);
    if (!(await this.passOns.takeBack(passOnId, actor.userKey))) throw notFound();
    this.work.emit({ type: 'pass-on.taken-back', version: 1, payload: { incidentId: id, passOnId } }, actor.userKey);
  }

  private async recipients(actor: Actor, ids: readonly string[]): Promise<{ key: number }[]> {
    const known = new Map((await this.directory.organisationsInPolicy()).map((each) => [each.id, each]));
    const faults: Fault[] = [];
    const found = ids.flatMap((id, index) => {
      const organisation = known.get(id);
      if (organisation && mayReceive(organisation, actor.organisationKey)) return [organisation];
      faults.push({
        pointer: `/organisations/${index}`,
        detail: organisation
          ? `${organisation.name} is no active constituent, sectoral or government body of yours.`
          : 'There is no such organisation.',
      });
      return [];
    });
    if (faults.length > 0) throw invalidInput(faults);
    return found;
  }
}

const toPassOnView = (row: PassOnRow, actor: Actor): PassOnView => {
  const isOwn = row.owner_key === actor.organisationKey;
  const mayTakeBack = isOwn && actor.standing === 'active' && actor.permissions.has('incidents:release');
  return {
    id: row.id,
    organisation: { id: row.org_id, name: row.org_name, country: row.org_country },
    by: { id: row.cert_id, name: row.cert_name, country: row.cert_country },
    needToKnow: row.note,
    tellOriginator: isOwn ? row.tells_originator : null,
    passedOnAt: row.granted_at.toISOString(),
    allowedActions: mayTakeBack ? ['take-back'] : [],
  };
};
