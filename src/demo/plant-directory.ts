import type { INestApplicationContext } from '@nestjs/common';
import type { Region } from '../kernel/region.js';
import { memberByCode } from '../kernel/region.js';
import { KeepContacts, KeepDuty, KeepNetworks } from '../modules/identity/index.js';
import type { Acting } from './acting.js';
import { eachOf } from './at-once.js';
import { constituencyOf } from './networks.js';
import type { PlantedRegion, Staffed } from './plant-region.js';

/** The duty role that the demo's releases name. */
export const DUTY_ROLE = 'duty-officer';

/** Plants how each organisation is reached: contacts, the networks it answers for, and who is on duty. */
export class DirectoryPlanter {
  private readonly contacts: KeepContacts;
  private readonly networks: KeepNetworks;
  private readonly duty: KeepDuty;

  constructor(
    app: INestApplicationContext,
    private readonly acting: Acting,
    private readonly region: Region,
  ) {
    this.contacts = app.get(KeepContacts);
    this.networks = app.get(KeepNetworks);
    this.duty = app.get(KeepDuty);
  }

  /** @param since when their people came on duty. */
  async plant({ members, secretariat, partner }: PlantedRegion, since: Date, atOnce: number): Promise<void> {
    await eachOf([...members.values()], atOnce, async (member, place) => {
      const code = member.organisation.country ?? '';
      await this.plantContacts(member, since, `cert.${code.toLowerCase()}.example`, place);
      await this.plantNetworks(member, since, constituencyOf(code, place));
      await this.plantDuty(member, since);
    });
    await this.plantContacts(secretariat, since, `secretariat.${this.region.id}.example`, members.size);
    if (!partner) return;
    const domain = `cert.${partner.organisation.country?.toLowerCase() ?? ''}.example`;
    await this.plantContacts(partner, since, domain, members.size + 1);
    await this.plantDuty(partner, since);
  }

  private async plantContacts(
    { organisation, admin }: Staffed,
    at: Date,
    domain: string,
    place: number,
  ): Promise<void> {
    const member = memberByCode(this.region, organisation.country ?? '');
    const languages = [...new Set([...(member?.languages ?? []), this.region.defaults.language])];
    const timeZone = member?.timeZones[0] ?? this.region.secretariat.timeZone;
    const reached = { languages, timeZone };
    // +999 is no country's, so nobody's telephone rings.
    const phone = `+999 10 00 ${String(place).padStart(2, '0')}`;
    await this.acting.as(admin, at, async (actor) => {
      const duty = {
        kind: 'point-of-contact',
        is24x7: true,
        name: 'Duty desk',
        email: `duty@${domain}`,
        phone,
      } as const;
      const abuse = { kind: 'abuse', is24x7: false, name: 'Abuse desk', email: `abuse@${domain}` } as const;
      const desk = await this.contacts.add(actor, organisation.id, { ...duty, ...reached });
      await this.contacts.add(actor, organisation.id, { ...abuse, ...reached });
      await this.contacts.verify(actor, organisation.id, desk, undefined);
    });
  }

  private async plantNetworks({ organisation, admin }: Staffed, at: Date, networks: readonly string[]): Promise<void> {
    await this.acting.as(admin, at, async (actor) => {
      for (const network of networks) await this.networks.add(actor, organisation.id, network, undefined);
    });
  }

  /** An analyst, and a coordinator as deputy where there is one. */
  private async plantDuty({ organisation, admin, analysts, coordinators }: Staffed, at: Date): Promise<void> {
    const [primary, deputy] = [analysts[0], coordinators[0]];
    const startsAt = at.toISOString();
    await this.acting.as(admin, at, async (actor) => {
      for (const [person, position] of [
        [primary, 'primary'],
        [deputy, 'deputy'],
      ] as const) {
        if (!person) continue;
        const assignment = { dutyRole: DUTY_ROLE, userId: person.userId, position, startsAt };
        await this.duty.add(actor, organisation.id, assignment, undefined);
      }
    });
  }
}
