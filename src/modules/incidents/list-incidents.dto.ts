import { IsArray, IsIn, IsUUID, MaxLength } from 'class-validator';
import { TLP } from '../../kernel/markings.js';
import { RSIT_CLASSES } from '../../kernel/rsit.js';
import { PageQuery } from '../../platform/http/page.dto.js';
import { Repeated } from '../../platform/http/repeated.js';
import type { ListFilters } from './incident.rows.js';
import { STATUSES } from './incident.rules.js';
import { IsCountry } from './is-country.js';
import { IsInstant } from '../../platform/http/is-instant.js';
import { MayBeLeftOut } from '../../platform/http/may-be-null.js';

/** What a list, an export and a search are narrowed by. */
export class IncidentFilters extends PageQuery {
  /**
   * Lifecycle status; repeat for "or", as every filter.
   * @example ["submitted"]
   */
  @MayBeLeftOut()
  @Repeated()
  @IsArray()
  @IsIn(STATUSES, { each: true })
  status?: string[];

  /**
   * RSIT class.
   * @example ["fraud"]
   */
  @MayBeLeftOut()
  @Repeated()
  @IsArray()
  @IsIn(RSIT_CLASSES, { each: true })
  class?: string[];

  /**
   * RSIT type.
   * @example ["phishing"]
   */
  @MayBeLeftOut()
  @Repeated()
  @IsArray()
  @MaxLength(64, { each: true })
  type?: string[];

  /**
   * Band of the region's severity scheme.
   * @example ["high"]
   */
  @MayBeLeftOut()
  @Repeated()
  @IsArray()
  @MaxLength(64, { each: true })
  severity?: string[];

  /**
   * Sector.
   * @example ["finance"]
   */
  @MayBeLeftOut()
  @Repeated()
  @IsArray()
  @MaxLength(100, { each: true })
  sector?: string[];

  /**
   * Country affected, ISO 3166-1 alpha-2.
   * @example ["VN"]
   */
  @MayBeLeftOut()
  @Repeated()
  @IsArray()
  @IsCountry({ each: true })
  country?: string[];

  /**
   * Id of the organisation that filed it.
   * @example ["8a5f4b0e-6f0a-4c3e-9a57-0c1d2e3f4a5b"]
   */
  @MayBeLeftOut()
  @Repeated()
  @IsArray()
  @IsUUID(undefined, { each: true })
  organisation?: string[];

  /**
   * TLP label.
   * @example ["TLP:AMBER"]
   */
  @MayBeLeftOut()
  @Repeated()
  @IsArray()
  @IsIn(TLP, { each: true })
  marking?: string[];

  /**
   * Only what you could first read at this instant or later.
   * @example "2026-11-01T00:00:00Z"
   */
  @MayBeLeftOut()
  @IsInstant()
  since?: string;

  /**
   * Only what you could first read before this instant.
   * @example "2026-12-01T00:00:00Z"
   */
  @MayBeLeftOut()
  @IsInstant()
  until?: string;

  /**
   * `triage`: what was submitted and waits for your organisation.
   * @example triage
   */
  @MayBeLeftOut()
  @IsIn(['triage'])
  queue?: 'triage';

  /**
   * Whether to count all of them: exact to 10,000.
   * @example "true"
   */
  @MayBeLeftOut()
  @IsIn(['true', 'false'])
  count?: 'true' | 'false';
}

export class ListIncidentsQuery extends IncidentFilters {
  /**
   * By the earliest time at which you could read it.
   * @example newest
   */
  @MayBeLeftOut()
  @IsIn(['newest', 'oldest'])
  sort?: 'newest' | 'oldest';
}

/** As the store names them. */
export const filtersOf = (query: IncidentFilters): ListFilters => ({
  status: query.status,
  class: query.class,
  type: query.type,
  severityBand: query.severity,
  sector: query.sector,
  country: query.country,
  organisation: query.organisation,
  tlp: query.marking,
  since: query.since,
  until: query.until,
  isTriageQueue: query.queue === 'triage',
});
