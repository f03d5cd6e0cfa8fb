import { Injectable } from '@nestjs/common';
import { statement } from '../../platform/database/statement.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { aliasView } from './incident.view.js';
import type { ReleasedIncident } from './incident-listeners.js';
import type { IncidentRow, RevisionRow } from './incident.rows.js';

type ReleasedRow = RevisionRow & { owner_created_at: Date | null };

const revision = statement(
  'released-revision',
  `select r.number, r.created_at, r.status, r.tlp, r.pap, r.rsit_class, r.rsit_type, r.sector, r.countries, r.facts,
          (select o.created_at from ronda.incident i join ronda.organisation o on o.key = i.owner_key
            where i.space = r.space and i.key = r.incident_key) as owner_created_at
     from ronda.incident_revision r where r.space = $1 and r.incident_key = $2 and r.number = $3`,
);

/** A revision of the caller's own side as those read it to whom it is released. */
@Injectable()
export class ReadReleased {
  constructor(private readonly work: UnitOfWork) {}

  async run(
    record: IncidentRow,
    number: number,
  ): Promise<{ incident: ReleasedIncident; beganAt: Date; ownerCreatedAt: Date | null } | null> {
    const [row] = await this.work.query<ReleasedRow>(revision, [this.work.space, record.key, number]);
    return (
      (row && {
        incident: toReleased(record, row),
        // Of the revision itself: when it was first released to anybody is for those alone who were let in then.
        beganAt: row.created_at,
        ownerCreatedAt: row.owner_created_at,
      }) ??
      null
    );
  }
}

function toReleased(record: IncidentRow, row: RevisionRow): ReleasedIncident {
  const { facts } = row;
  const isNamed = record.authorship === 'named';
  const { shared } = facts.severity;
  return {
    id: record.id,
    status: row.status,
    title: facts.title,
    description: facts.description,
    language: facts.language,
    rsit: row.rsit_class !== null && row.rsit_type !== null ? { class: row.rsit_class, type: row.rsit_type } : null,
    marking: { tlp: row.tlp, pap: row.pap },
    authorship: record.authorship,
    organisation:
      isNamed && record.owner_id !== null && record.owner_name !== null
        ? { id: record.owner_id, name: record.owner_name, country: record.owner_country }
        : null,
    alias: isNamed ? null : aliasView(record.alias),
    occurredAt: facts.occurredAt,
    detectedAt: facts.detectedAt,
    reportedAt: facts.reportedAt,
    containedAt: facts.containedAt,
    resolvedAt: facts.resolvedAt,
    sector: row.sector,
    countries: row.countries,
    severity: shared && { ...shared, derived: [] },
    fraud: facts.fraud,
    techniques: facts.techniques,
    tags: facts.tags,
    externalReferences: isNamed ? facts.externalReferences : [],
    updatedAt: row.created_at.toISOString(),
  };
}
