import { ApiProperty } from '@nestjs/swagger';
import type { Affiliation, OrganisationKind, Standing } from '../../../kernel/actor.js';
import { ORGANISATION_ACTIONS } from './organisation.rules.js';
import type { OrganisationAction } from './organisation.rules.js';
import { ORGANISATION_KINDS, STANDINGS } from './organisations.dto.js';

const AFFILIATIONS = ['member', 'dialogue-partner', 'regional'] as const;

/** An organisation, by name. */
export class NamedOrganisation {
  /**
   * @example "8a5f4b0e-6f0a-4c3e-9a57-0c1d2e3f4a5b"
   */
  id!: string;

  /**
   * @example "Viet Nam National CERT"
   */
  name!: string;
}

export class DesignationView {
  /**
   * @example "Ministry of Information and Communications"
   */
  designatedBy!: string;

  /**
   * @example "2026-10-01"
   */
  designatedOn!: string;

  /**
   * @example "Decision 1622/QD-BTTTT"
   */
  document!: string;
}

export class SponsorView {
  /** Who vouched for it. */
  organisation!: NamedOrganisation;

  /**
   * ISO 3166-1 alpha-2.
   * @example "TH"
   */
  country!: string | null;

  /**
   * @example "We have worked with this team on three incidents since 2024."
   */
  statement!: string;

  /**
   * @example "2026-11-20T02:10:00.000Z"
   */
  enteredAt!: string;
}

export class OpenDecisionView {
  /**
   * @example "suspend"
   */
  @ApiProperty({ enum: ['suspend', 'reinstate'] })
  decision!: 'suspend' | 'reinstate';

  /**
   * @example "Repeated release of AMBER material outside its audience."
   */
  reason!: string;

  /**
   * @example "2026-11-18"
   */
  decidedOn!: string;

  /**
   * @example "Minutes of the 14th meeting, item 3"
   */
  document!: string;

  /** Who entered it; a second organisation has to confirm. Null where you may not see who. */
  enteredBy!: NamedOrganisation | null;

  /**
   * @example "2026-11-20T02:10:00.000Z"
   */
  enteredAt!: string;
}

export class OrganisationSettingsView {
  /**
   * @example true
   */
  totpRequired!: boolean;

  /**
   * @example false
   */
  relayGreen!: boolean;
}

export class OrganisationView {
  /**
   * @example "8a5f4b0e-6f0a-4c3e-9a57-0c1d2e3f4a5b"
   */
  id!: string;

  /**
   * @example "Viet Nam National CERT"
   */
  name!: string;

  /**
   * @example "national-cert"
   */
  @ApiProperty({ enum: ORGANISATION_KINDS })
  kind!: OrganisationKind;

  /**
   * @example "member"
   */
  @ApiProperty({ enum: AFFILIATIONS })
  affiliation!: Affiliation;

  /**
   * ISO 3166-1 alpha-2; null for a body of the region.
   * @example "VN"
   */
  country!: string | null;

  /**
   * The official short name.
   * @example "Viet Nam"
   */
  countryName!: string | null;

  /**
   * @example "active"
   */
  @ApiProperty({ enum: STANDINGS })
  standing!: Standing;

  /** The national CERT it belongs to. */
  parent!: NamedOrganisation | null;

  /**
   * Whether it runs the region at present.
   * @example false
   */
  isSecretariat!: boolean;

  /**
   * Last day of the secretariat's term.
   * @example "2028-12-31"
   */
  secretariatUntil!: string | null;

  /**
   * @example "Asia/Ho_Chi_Minh"
   */
  timeZone!: string;

  /**
   * @example ["vi", "en"]
   */
  languages!: string[];

  /**
   * Node on which it was registered.
   * @example "local"
   */
  originNode!: string;

  /**
   * @example "2026-11-20T02:10:00.000Z"
   */
  createdAt!: string;

  /** The government's designation of a member's national CERT. */
  designation!: DesignationView | null;

  /** Members that vouched for it. */
  sponsors!: SponsorView[];

  /** A decision on its standing that waits for a second organisation. */
  openDecision!: OpenDecisionView | null;

  /** Its own settings; null to others. */
  settings!: OrganisationSettingsView | null;

  /**
   * What you may do with it now.
   * @example ["sponsor"]
   */
  @ApiProperty({ enum: ORGANISATION_ACTIONS, isArray: true })
  allowedActions!: OrganisationAction[];
}

export class OrganisationPage {
  /** In the region's order of listing. */
  items!: OrganisationView[];

  /**
   * Cursor of the next page; null at the end.
   * @example null
   */
  @ApiProperty({ type: String, nullable: true })
  next!: string | null;
}
