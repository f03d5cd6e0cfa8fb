import type { Tlp } from '../../kernel/markings.js';
import type { RsitClassification } from '../../kernel/rsit.js';

/** Both ends included. */
export type Span = readonly [from: number, to: number];

/** Kinds of fictional victims a text can name, as `{bank}`. */
export type CastKind =
  'bank' | 'wallet' | 'hospital' | 'agency' | 'telecom' | 'school' | 'utility' | 'port' | 'company' | 'shop' | 'news';

/**
 * One kind of incident, told so that several members can have it with different facts.
 *
 * Texts hold placeholders: `{bank}` and the other kinds of the cast; `{domain}` and `{domain2}` (reserved domains made
 * of the stems below); `{ip}`, `{ip2}`, `{ip6}` (documentation addresses); `{n}` and `{m}` (numbers from the spans
 * below); `{loss}` (the fraud's loss with its currency); `{victim}` (whomever the title names first).
 */
export interface Storyline {
  id: string;
  rsit: RsitClassification;
  /** Ids of sectors; one is drawn. */
  sectors: readonly [string, ...string[]];
  /** Markings such an incident is shared at; one is drawn. */
  tlp: readonly [Tlp, ...Tlp[]];
  /** How bad it is, 0–100; the severity answers are drawn around it. */
  harm: Span;
  titles: readonly [string, string, ...string[]];
  /** Paragraphs, Markdown. */
  body: readonly [string, ...string[]];
  /** Observations; some are drawn and listed. */
  details: readonly [string, string, ...string[]];
  n?: Span;
  m?: Span;
  domains?: readonly string[];
  /** ATT&CK and ATLAS technique ids. */
  techniques?: readonly string[];
  /** Machine tags. */
  tags?: readonly string[];
  /** The text says all that is asked of the reader. */
  hasOwnClosing?: true;
  /** How many other members it touches. */
  alsoIn?: Span;
  fraud?: {
    modus: string;
    /** How victims were reached: sms, voice, email, messaging-app, social-media, mobile-app, qr-code, website. */
    channel: string;
    /** May hold a placeholder. */
    impersonated?: string;
    /** US dollars; converted roughly to the filer's own money. */
    lossUsd?: Span;
    victims?: Span;
  };
}

/** All that is told in one language. */
export interface LanguagePack {
  /** BCP 47 tag. */
  language: string;
  cast: Partial<Record<CastKind, readonly [string, ...string[]]>>;
  /** What the filer asks of the reader; one ends each text. */
  closings: readonly [string, ...string[]];
  /** What the filer adds later: a host taken down, a service restored. */
  updates: { takenDown: string; restored: string };
  /** What a reader who writes this language answers to any case. */
  answers: readonly [string, ...string[]];
  /** What only makes sense where there are domains or addresses to look for. */
  answersToIndicators: readonly [string, ...string[]];
  /** What only a reader may say whom TLP lets pass it on to providers, and PAP lets block. */
  answersByBlocking: readonly string[];
  storylines: readonly Storyline[];
}
