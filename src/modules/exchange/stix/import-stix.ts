import { Injectable } from '@nestjs/common';
import { MOST_FAULTS, readBundle } from '../../../codecs/stix/index.js';
import type { Actor } from '../../../kernel/actor.js';
import { invalidInput } from '../../../kernel/problem.js';
import { JSON_FILE_LIMITS, readJson } from '../../../platform/http/body-limits.js';
import { textFaults } from '../../../kernel/text-faults.js';
import type { StixImportResult } from '../imports.dto.js';
import { ImportObjects } from './import-objects.js';

export const MOST_OBJECTS = 5_000;

/** Reads a STIX 2.1 bundle: its incidents become drafts, and all of its objects are kept as they came. */
@Injectable()
export class ImportStix {
  constructor(private readonly importObjects: ImportObjects) {}

  /** @throws Problem 400 with every fault by its pointer; then nothing was kept. */
  run(actor: Actor, bytes: Buffer): Promise<StixImportResult> {
    return this.value(actor, readJson(bytes, JSON_FILE_LIMITS));
  }

  /** The same of one that was read. @throws Problem 400 likewise. */
  async value(actor: Actor, value: unknown): Promise<StixImportResult> {
    const isBundle = typeof value === 'object' && value !== null && 'objects' in value && Array.isArray(value.objects);
    if (isBundle && (value.objects as unknown[]).length > MOST_OBJECTS)
      throw invalidInput([{ pointer: '/objects', detail: `A bundle may hold ${MOST_OBJECTS} objects.` }]);
    const unstorable = textFaults(value, '');
    if (unstorable.length > 0) throw invalidInput(unstorable.slice(0, MOST_FAULTS));
    const { faults, bundle } = readBundle(value);
    if (!bundle) throw invalidInput(faults);
    const imported = await this.importObjects.run(actor, bundle);
    if (imported.faults.length > 0)
      throw invalidInput(
        imported.faults.slice(0, MOST_FAULTS).map(({ at, fault }) => ({
          ...fault,
          pointer: `${isBundle ? `/objects/${at}` : ''}${fault.pointer}`,
        })),
      );
    return {
      objects: { added: imported.added.length, unchanged: bundle.objects.length - imported.added.length },
      incidents: imported.incidents,
    };
  }
}
