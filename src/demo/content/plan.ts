import type { Pap, Tlp } from '../../kernel/markings.js';
import type { RsitClassification } from '../../kernel/rsit.js';

/** The body of `POST /api/v1/incidents`. Times are RFC 3339 in UTC, to the minute. */
export interface IncidentFiling {
  title: string;
  description: string;
  rsit: RsitClassification;
  marking: { tlp: Tlp; pap: Pap };
  language: string;
  authorship: 'named';
  occurredAt?: string;
  detectedAt: string;
  reportedAt?: string;
  containedAt?: string;
  resolvedAt?: string;
  sector: string;
  countries: string[];
  severity?: Record<string, string>;
  fraud?: FraudFacts;
  techniques: string[];
  tags: string[];
  externalReferences: { source: string; id: string }[];
}

export interface FraudFacts {
  modus: string;
  channel: string;
  impersonated?: string;
  instruments?: FraudInstrument[];
  loss?: { amount: string; currency: string };
  victims?: number;
}

export interface FraudInstrument {
  type: 'bank-account' | 'payment-alias' | 'e-wallet' | 'phone' | 'sender-id' | 'crypto-address';
  value: string;
  country?: string;
  bank?: string;
  expiresAt?: string;
  isDisputed?: boolean;
}

/**
 * Whom a release names: the national CERT of a country, a demo group by its name, the duty officer or an analyst of a
 * country's national CERT.
 */
export type DemoAudienceItem =
  | 'public'
  | 'community'
  | 'partners'
  | { country: string }
  | { group: string }
  | { dutyRole: { country: string } }
  | { user: { country: string; role: 'analyst' } };

export type DemoLifecycle = 'draft' | 'submitted' | 'triaged' | 'investigating' | 'contained' | 'closed';

/** One incident of the demo and what becomes of it. */
export interface DemoPlan {
  /** ISO 3166-1 alpha-2 of the member whose national CERT files it. */
  country: string;
  filing: IncidentFiling;
  /** The status it ends in; it goes through all before. */
  lifecycle: DemoLifecycle;
  /** Left out: nobody but the owner reads it. */
  release?: { tlp: Tlp; audience: DemoAudienceItem[] };
  /** In order. Whoever comments is the owner or can read it through the release. */
  comments?: { country: string; body: string }[];
}

export interface DemoGroup {
  name: string;
  purpose: string;
  /** ISO 3166-1 alpha-2 of the members whose national CERTs belong to it. */
  members: string[];
}
