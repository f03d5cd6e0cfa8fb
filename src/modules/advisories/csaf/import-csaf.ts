import { Injectable } from '@nestjs/common';
import { advisoryOfCsaf, blockingFindings } from '../../../codecs/csaf/index.js';
import type { Actor } from '../../../kernel/actor.js';
import { invalidInput } from '../../../kernel/problem.js';
import { JSON_FILE_LIMITS, readJson } from '../../../platform/http/body-limits.js';
import { textFaults } from '../../../platform/http/validation.js';
import { notCsafDocument } from '../advisory.problems.js';
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

/** Takes a CSAF document of somebody else in, as a draft of the caller's organisation; the document is kept whole. */
@Injectable()
export class ImportCsaf {
  constructor(
    private readonly store: CsafStore,
    private readonly draftAdvisory: DraftAdvisory,
  ) {}

  /** @throws Problem 400 with the test and the pointer of whatever keeps it from being CSAF 2.0; then nothing was kept. */
  async run(actor: Actor, bytes: Buffer): Promise<ImportedCsaf> {
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
    const known = await this.store.importedAs(actor.userKey, named);
    if (known !== undefined) return { advisory: known, ...told, isNew: false };
    const id = await this.draftAdvisory.run(actor, draftOf(advisory));
    this.store.putOrigin(id, csaf, { by: actor.userKey, ...named });
    return { advisory: id, ...told, isNew: true };
  }
}
