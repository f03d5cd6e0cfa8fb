import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsObject, IsString, IsUUID, Length, Max, Min } from 'class-validator';
import { ExerciseOrganisationRef } from './exercise.views.dto.js';
import { SCENARIO_FORMATS } from './scenario.rules.js';
import type { ScenarioFormat } from './scenario.rules.js';
import { SHARED_WITH } from './scenarios.store.js';
import type { SharedWith } from './scenarios.store.js';
import { MayBeLeftOut } from '../../platform/http/may-be-null.js';

/** The shortest that can be played. */
export const exampleScenario = {
  format: 'ronda-scenario/1',
  id: 'scam-calls',
  version: 1,
  title: 'Calls from a bank',
  summary: 'Customers of a fictional bank are called.',
  language: 'en',
  durationMinutes: 60,
  storyline: 'Callers pretend to be “Example Bank”.',
  objectives: [{ id: 'share-early', title: 'Others are told early' }],
  roles: [{ id: 'national-cert', title: 'National CERT' }],
  personas: [{ id: 'bank', name: 'Duty desk', organisation: 'Example Bank', email: 'desk@bank.example' }],
  injects: [
    {
      id: 'first-call',
      number: 1,
      title: 'Calls from a bank',
      timing: { atMinutes: 5 },
      channel: 'email',
      from: 'bank',
      body: 'Customers report calls from “Example Bank”.',
    },
  ],
  milestones: [
    {
      id: 'files-the-calls',
      title: 'Files the calls as fraud',
      objective: 'share-early',
      roles: ['national-cert'],
      weight: 10,
      from: { inject: 'first-call' },
      bands: [{ withinMinutes: 30, credit: 1 }],
      expects: { verbs: ['filed'], where: { rsit: ['fraud'] } },
    },
  ],
};

const scenarioDocument = { type: 'object', additionalProperties: true, example: exampleScenario } as const;

export class LintScenarioDto {
  /** A scenario, of format `ronda-scenario/1`. */
  @ApiPropertyOptional(scenarioDocument)
  @MayBeLeftOut()
  @IsObject()
  document?: Record<string, unknown>;

  /** The same as a text, YAML or JSON, in place of `document`: findings name its lines. */
  @ApiPropertyOptional({ type: String, example: 'format: ronda-scenario/1\nid: scam-calls\n' })
  @MayBeLeftOut()
  @IsString()
  @Length(1, 900_000)
  text?: string;

  /** What it is written in: `cexf` is MISP's Common Exercise Format, as JSON. */
  @ApiPropertyOptional({ enum: SCENARIO_FORMATS, default: 'ronda', example: 'ronda' })
  @MayBeLeftOut()
  @IsIn(SCENARIO_FORMATS)
  format?: ScenarioFormat;
}

export class KeepScenarioDto extends LintScenarioDto {
  /** Who may read and run it besides: nobody outside your organisation where it is left out. */
  @ApiPropertyOptional({ enum: SHARED_WITH, example: 'organisation' })
  @MayBeLeftOut()
  @IsIn(SHARED_WITH)
  sharedWith?: SharedWith;
}

export class ScenarioQuery {
  /**
   * Of its versions this one: the newest where it is left out.
   * @example 1
   */
  @MayBeLeftOut()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  version?: number;
}

export class FromMselQuery {
  /**
   * What the scenario is called.
   * @example "Calls from a bank"
   */
  @IsString()
  @Length(1, 200)
  title!: string;
}

export class FromIncidentDto extends FromMselQuery {
  /**
   * An incident of your own organisation.
   * @example "5d0f6b1e-7c2a-4f0e-9f3b-1a2b3c4d5e6f"
   */
  @IsUUID()
  incident!: string;
}

export class ScenarioFindingView {
  /**
   * Which rule of the linter.
   * @example unknown-persona
   */
  rule!: string;

  /** An error keeps a scenario from being played. */
  @ApiProperty({ enum: ['error', 'warning'], example: 'error' })
  severity!: string;

  /**
   * JSON Pointer into the document.
   * @example /injects/0/from
   */
  pointer!: string;

  /**
   * What is wrong.
   * @example "There is no such persona."
   */
  detail!: string;

  /** From 1 on, where it came as text. */
  @ApiProperty({ type: Number, nullable: true, example: null })
  line!: number | null;

  /** From 1 on, where it came as text. */
  @ApiProperty({ type: Number, nullable: true, example: null })
  column!: number | null;
}

export class ScenarioFindings {
  /** None: it can be played. */
  @ApiProperty({ type: () => [ScenarioFindingView] })
  findings!: ScenarioFindingView[];
}

export class ScenarioDraftView extends ScenarioFindings {
  /** What was made, which is nowhere yet. */
  @ApiProperty(scenarioDocument)
  document!: Record<string, unknown>;
}

export class ScenarioSummaryView {
  /**
   * UUIDv4.
   * @example "4e3d2c1b-0a9f-4e8d-8c7b-6a5b4c3d2e1f"
   */
  id!: string;

  /**
   * The node that it comes from.
   * @example local
   */
  originNode!: string;

  /**
   * What it is called.
   * @example "Calls from a bank"
   */
  title!: string;

  /** Its newest version. */
  @ApiProperty({ example: 1 })
  version!: number;

  /** Whose it is; null where you do not see that organisation. */
  @ApiProperty({ type: () => ExerciseOrganisationRef, nullable: true })
  organisation!: ExerciseOrganisationRef | null;

  /** Who may read and run it. */
  @ApiProperty({ enum: SHARED_WITH, example: 'organisation' })
  sharedWith!: SharedWith;

  /** @example "2026-11-20T02:10:00.000Z" */
  createdAt!: string;
}

export class ScenarioView extends ScenarioSummaryView {
  /** As it was kept. */
  @ApiProperty(scenarioDocument)
  document!: Record<string, unknown>;
}

export class ScenarioPage {
  /** Newest first. */
  @ApiProperty({ type: () => [ScenarioSummaryView] })
  items!: ScenarioSummaryView[];

  /** Opaque; null at the end. */
  @ApiProperty({ type: String, nullable: true, example: null })
  next!: string | null;
}
