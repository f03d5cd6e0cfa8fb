import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { Chance } from '../../kernel/chance.js';
import { invalidInput } from '../../kernel/problem.js';
import { ORIGIN_NODE } from '../../platform/config/origin-node.token.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
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
    private readonly chance: Chance,
    @Inject(ORIGIN_NODE) private readonly originNode: string,
  ) {}

  async run(actor: Actor, input: KeepScenarioDto): Promise<string> {
    assertOne(input);
    const { scenario, findings } = read(input);
    const faults = faultsOf(findings, input);
    if (faults.length > 0 || !scenario) throw invalidInput(faults);
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
}

/** @throws Problem unless it is given as an object, or as a text. */
export function assertOne({ document, text }: SentScenario): void {
  if ((document === undefined) === (text === undefined))
    throw invalidInput([{ pointer: '/document', detail: 'Give the scenario as document, or as text.' }]);
}
