import { besidesEdits } from '../../../platform/http/etag.js';
import type { Contact } from './contact.entity.js';
import type { ContactView } from './contacts.dto.js';
import type { DutyView } from './duty.dto.js';
import type { NetworkView } from './networks.dto.js';
import { textOfAddress } from './address.rules.js';
import type { DutyRow } from './duty.store.js';
import { addressOf } from './networks.store.js';
import type { NetworkRow } from './networks.store.js';

export const toContactView = (contact: Contact, mayEdit: boolean): ContactView =>
  besidesEdits<ContactView>(
    {
      id: contact.id,
      kind: contact.kind,
      is24x7: contact.isAroundTheClock,
      name: contact.name,
      email: contact.email,
      phone: contact.phone,
      languages: contact.languages,
      timeZone: contact.timeZone,
      pgpKey: contact.pgpKey,
      lastVerifiedAt: contact.lastVerifiedAt?.toISOString() ?? null,
      allowedActions: mayEdit ? ['update', 'verify', 'remove'] : [],
    },
    'lastVerifiedAt',
  );

export const toNetworkView = (row: NetworkRow, mayEdit: boolean): NetworkView =>
  besidesEdits<NetworkView>(
    {
      id: row.id,
      kind: row.kind,
      value: textOfAddress(addressOf(row)),
      overlaps: row.overlaps.map(({ id, name, ...network }) => ({
        organisation: { id, name },
        value: textOfAddress(addressOf(network)),
      })),
      allowedActions: mayEdit ? ['remove'] : [],
    },
    'overlaps',
  );

export const toDutyView = (row: DutyRow, mayEdit: boolean): DutyView => ({
  id: row.id,
  dutyRole: row.duty_role,
  userId: row.user_id,
  displayName: row.user_name,
  position: row.position,
  startsAt: row.starts_at.toISOString(),
  endsAt: row.ends_at?.toISOString() ?? null,
  allowedActions: mayEdit ? ['remove'] : [],
});
