import { Injectable } from '@nestjs/common';
import type { ExchangeRecord } from '../../codecs/record/index.js';
import { objectsOf, textOf } from '../../codecs/record/json.js';
import { readMsel } from '../../codecs/msel/index.js';
import { spreadsheetFindings } from '../../codecs/spreadsheet/index.js';
import type { Actor } from '../../kernel/actor.js';
import { forbidden, invalidInput } from '../../kernel/problem.js';
import { IncidentReader } from '../incidents/index.js';
import { kebabOf, scenarioOfIncident, scenarioOfMsel } from './core/index.js';
import type { Scenario } from './core/index.js';
import { recordOfFacts } from './record-of-facts.js';
import { findingsOf } from './scenario.view.js';
import type { FromIncidentDto, ScenarioDraftView } from './scenarios.dto.js';

/** Scenarios made of something else, for their author to go on with: nothing is kept. */
@Injectable()
export class DraftScenario {
  constructor(private readonly incidents: IncidentReader) {}

  /** @throws Problem the one 404; 403 for what is another organisation's, and for a key that reads no incidents. */
  async ofIncident(actor: Actor, { incident, title }: FromIncidentDto): Promise<ScenarioDraftView> {
    if (!actor.permissions.has('incidents:read')) throw forbidden('This needs the permission incidents:read.');
    const past = await this.incidents.ownPast(actor, incident);
    const revisions = past.map(({ at, said }) => ({ at, record: recordOf(incident, at, said, actor) }));
    return draftOf(scenarioOfIncident({ revisions }, named(title)));
  }

  /** @throws Problem `spreadsheet-findings` (422), which names every cell that is wrong. */
  async ofMsel(bytes: Buffer, title: string): Promise<ScenarioDraftView> {
    const { rows, findings } = await readMsel(bytes);
    if (findings.length > 0) throw spreadsheetFindings(findings, 'Nothing was made of it.');
    if (rows.length === 0) throw invalidInput([{ pointer: '', detail: 'There is no inject below the headings.' }]);
    return draftOf(scenarioOfMsel(rows, named(title)));
  }
}

const named = (title: string): { id: string; title: string } => ({ id: kebabOf(title) || 'scenario', title });

const draftOf = (scenario: Scenario): ScenarioDraftView => {
  const document = scenario as unknown as Record<string, unknown>;
  return { document, findings: findingsOf({ document }) };
};

/** Its organisation is told too, so that its name is in nothing that is made of it. */
function recordOf(id: string, at: string, said: Record<string, unknown>, actor: Actor): ExchangeRecord {
  const rsit = (said.rsit ?? {}) as { class?: unknown; type?: unknown };
  const [ofClass, type] = [textOf(rsit.class), textOf(rsit.type)];
  return {
    ...recordOfFacts(id, at, said),
    rsit: ofClass !== null && type !== null ? { class: ofClass, type } : null,
    organisation: { id: actor.organisationId, name: actor.organisationName, country: null, modifiedAt: at },
    observables: objectsOf(said.observables).flatMap(({ type: of, value }) =>
      typeof of === 'string' && typeof value === 'string'
        ? [{ type: of, value, forDetection: false, comment: null, firstSeen: null, lastSeen: null }]
        : [],
    ),
  };
}
