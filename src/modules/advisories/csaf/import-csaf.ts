import { Injectable } from '@nestjs/common';
import { advisoryOfCsaf, blockingFindings } from '../../../codecs/csaf/index.js';
import type { Actor } from '../../../kernel/actor.js';
import { invalidInput } from '../../../kernel/problem.js';
import { textFaults } from '../../../kernel/text-faults.js';
import { JSON_FILE_LIMITS, readJson } from '../../../platform/http/body-limits.js';
import { notCsafDocument, notIssuing } from '../advisory.problems.js';
import { mayDraft } from '../advisory.rules.js';
import { AdvisoriesStore } from '../advisories.store.js';
import { DraftAdvisory } from '../draft-advisory.js';
import { CsafStore } from './csaf.store.js';
import { draftOf } from './imported-advisory.js';

/** What became of a document. */
export interface ImportedCsaf {
  advisory: string;
  title: string;
  publisher: string;
  trackingId: string;
  version: string;
  isNew: boolean;
}

const SEMANTIC = /^\d{1,5}\.\d{1,5}\.\d{1,5}$/;

/** As advisories have versions: those that CSAF counts are whole ones. @see CSAF 2.0 §3.1.11 */
const versionOf = (version: string): string => {
  if (SEMANTIC.test(version)) return version;
  return /^\d{1,5}$/.test(version) ? `${Number(version)}.0.0` : '1.0.0';
};

/**
 * Takes a CSAF document of somebody else in: as a draft of the caller's organisation, with the document beside it, or as it
 * came, under its own publisher.
 */
@Injectable()
export class ImportCsaf {
  constructor(
    private readonly store: CsafStore,
    private readonly advisories: AdvisoriesStore,
    private readonly draftAdvisory: DraftAdvisory,
  ) {}

  /** @throws Problem 400 with the test and the pointer of whatever keeps it from being CSAF 2.0; then nothing was kept. */
  async run(actor: Actor, bytes: Buffer, as: 'draft' | 'received'): Promise<ImportedCsaf> {
    // Before it is judged, which is dear.
    if (!mayDraft(actor)) throw notIssuing();
    const document = readJson(bytes, JSON_FILE_LIMITS);
    const unstorable = textFaults(document, '');
    if (unstorable.length > 0) throw invalidInput(unstorable);
    const findings = await blockingFindings(document);
    if (findings.length > 0) throw notCsafDocument(findings);
    const csaf = document as Record<string, unknown>;
    const advisory = advisoryOfCsaf(csaf);
    const { publisher, tracking } = advisory;
    const named = { namespace: publisher.namespace, trackingId: tracking.id, version: tracking.version };
    const told = {
      title: advisory.title,
      publisher: publisher.name,
      trackingId: tracking.id,
      version: tracking.version,
    };
    const isReceived = as === 'received';
    const known = await this.store.importedAs(actor.userKey, named, isReceived);
    if (known !== undefined) return { advisory: known, ...told, isNew: false };
    const id = isReceived
      ? await this.draftAdvisory.received(actor, draftOf(advisory), versionOf(tracking.version))
      : await this.draftAdvisory.run(actor, draftOf(advisory));
    this.store.putOrigin(id, csaf, { by: actor.userKey, ...named }, isReceived ? bytes : null);
    if (isReceived) this.advisories.receive(id);
    return { advisory: id, ...told, isNew: true };
  }
}
