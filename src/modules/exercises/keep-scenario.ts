import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { Chance } from '../../kernel/chance.js';
import { forbidden, invalidInput } from '../../kernel/problem.js';
import { ORIGIN_NODE } from '../../platform/config/origin-node.token.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { checkIfMatch } from '../../platform/http/etag.js';
import type { Scenario } from './core/index.js';
import { ScenarioReader } from './scenario.reader.js';
import type { SentScenario } from './scenario.rules.js';
import { faultsOf, read } from './scenario.rules.js';
import type { KeepScenarioDto } from './scenarios.dto.js';
import { ScenariosStore } from './scenarios.store.js';

/** Takes a scenario into the library. */
@Injectable()
export class KeepScenario {
  constructor(
    private readonly work: UnitOfWork,
    private readonly scenarios: ScenariosStore,
    private readonly reader: ScenarioReader,
    private readonly chance: Chance,
    @Inject(ORIGIN_NODE) private readonly originNode: string,
  ) {}

  async run(actor: Actor, input: KeepScenarioDto): Promise<string> {
    const scenario = playable(input);
    const id = this.chance.uuid();
    await this.scenarios.insert({
      id,
      originNode: this.originNode,
      ownerKey: actor.organisationKey,
      authorKey: actor.userKey,
      sharedWith: input.sharedWith ?? 'organisation',
      document: scenario,
    });
    this.work.emit({ type: 'scenario.kept', version: 1, payload: { scenarioId: id, version: 1 } }, actor.userKey);
    return id;
  }

  /** The next version. What was played of the earlier ones, and they themselves, stay as they are. */
  async revise(actor: Actor, id: string, input: KeepScenarioDto, ifMatch: string | undefined): Promise<void> {
    const row = await this.reader.row(id);
    if (row.owner_key !== actor.organisationKey)
      throw forbidden('Organisers of the organisation whose scenario it is write its versions.');
    const scenario = playable(input);
    checkIfMatch(ifMatch, await this.reader.view(id), true);
    const number = row.head + 1;
    const sharedWith = input.sharedWith ?? row.shared_with;
    const next = { key: row.key, number, authorKey: actor.userKey, sharedWith, document: scenario };
    // Somebody else's came first: what the caller knows is no longer so.
    if (!(await this.scenarios.revise(next))) return this.revise(actor, id, input, ifMatch);
    this.work.emit({ type: 'scenario.kept', version: 1, payload: { scenarioId: id, version: number } }, actor.userKey);
  }
}

/** @throws Problem with all that keeps it from being played. */
function playable(input: KeepScenarioDto): Scenario {
  assertOne(input);
  const { scenario, findings } = read(input);
  const faults = faultsOf(findings, input);
  if (faults.length > 0 || !scenario) throw invalidInput(faults);
  return scenario;
}

/** @throws Problem unless it is given as an object, or as a text. */
export function assertOne({ document, text }: SentScenario): void {
  if ((document === undefined) === (text === undefined))
    throw invalidInput([{ pointer: '/document', detail: 'Give the scenario as document, or as text.' }]);
}
