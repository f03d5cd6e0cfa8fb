import { Injectable } from '@nestjs/common';
import { isObject } from '../../../codecs/record/json.js';
import type { Actor } from '../../../kernel/actor.js';
import { Problem, invalidInput } from '../../../kernel/problem.js';
import type { Fault } from '../../../kernel/problem.js';
import { JSON_FILE_LIMITS, readJson } from '../../../platform/http/body-limits.js';
import { textFaults } from '../../../kernel/text-faults.js';
import { FileIncidents } from '../../incidents/index.js';
import type { MispImportResult } from '../imports.dto.js';
import { FileEvent } from './file-event.js';

const MOST_EVENTS = 500;

/** Reads a file of MISP's: its events become drafts, each as `events/add` files it, and are kept as they came. */
@Injectable()
export class ImportMisp {
  constructor(
    private readonly incidents: FileIncidents,
    private readonly file: FileEvent,
  ) {}

  /**
   * All of them or, while anything is wrong with one, none: whoever calls ends the unit of work with what is thrown.
   * @throws Problem 400 with every fault by its pointer into the file.
   */
  async run(actor: Actor, bytes: Buffer): Promise<MispImportResult> {
    this.incidents.assertMayFile(actor);
    const value = readJson(bytes, JSON_FILE_LIMITS);
    const unstorable = textFaults(value, '');
    if (unstorable.length > 0) throw invalidInput(unstorable.slice(0, MOST_FAULTS));
    const events = eventsIn(value);
    if (events.length === 0 || events.length > MOST_EVENTS)
      throw invalidInput([
        { pointer: '', detail: `A file may hold 1 to ${MOST_EVENTS} events, and here are ${events.length}.` },
      ]);
    const faults: Fault[] = [];
    const filed: MispImportResult['events'] = [];
    for (const { event, pointer } of events) {
      try {
        const { id, uuid, isNew } = await this.file.once(actor, event);
        filed.push({ uuid, status: isNew ? 'filed' : 'unchanged', id });
      } catch (error) {
        if (!(error instanceof Problem) || !error.errors) throw error;
        faults.push(...error.errors.map((fault) => ({ ...fault, pointer: pointer + fault.pointer })));
      }
      if (faults.length >= MOST_FAULTS) break;
    }
    if (faults.length > 0) throw invalidInput(faults.slice(0, MOST_FAULTS));
    return { events: filed };
  }
}

const MOST_FAULTS = 100;

/** One event, a list of them, or what a search of MISP answers; each bare or as `{"Event": …}`. */
function eventsIn(value: unknown): { event: unknown; pointer: string }[] {
  const listed = (list: readonly unknown[], at: string): { event: unknown; pointer: string }[] =>
    list.map((event, position) => ({ event, pointer: `${at}/${position}` }));
  if (Array.isArray(value)) return listed(value, '');
  if (!isObject(value) || !('response' in value)) return [{ event: value, pointer: '' }];
  const { response } = value;
  return Array.isArray(response) ? listed(response, '/response') : [{ event: response, pointer: '/response' }];
}
