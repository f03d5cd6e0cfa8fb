import type { RegionMember } from '../../kernel/region.js';
import type { FraudFacts, FraudInstrument } from './plan.js';
import type { SeededDraw } from './prng.js';
import type { CastKind, LanguagePack, Storyline } from './storyline.js';

/** A storyline with its blanks filled in. */
export interface Telling {
  title: string;
  /** Markdown: paragraphs, a list of observations, a closing line. */
  description: string;
  /** The first paragraph alone, as somebody writes who has only begun. */
  beginning: string;
  fraud: FraudFacts | undefined;
  /** What kind of victim the title names, if any. */
  victim: CastKind | undefined;
}

/** Rough, for believable sums only. */
const UNITS_PER_USD: Readonly<Record<string, number>> = {
  BND: 1.3,
  IDR: 16_000,
  KHR: 4_000,
  LAK: 21_000,
  MMK: 2_100,
  MYR: 4.4,
  PHP: 57,
  SGD: 1.3,
  THB: 34,
  VND: 25_000,
};

/** RFC 5737. */
const DOCUMENTATION_NETWORKS = ['192.0.2', '198.51.100', '203.0.113'] as const;

/**
 * Fills a storyline's blanks.
 * @throws Error for a placeholder that the storyline or its language has nothing for.
 */
export function tell(storyline: Storyline, pack: LanguagePack, filer: RegionMember, draw: SeededDraw): Telling {
  const loss = drawLoss(storyline, filer, draw);
  const titleText = draw.pick(storyline.titles);
  const victim = namedIn(titleText, pack);
  const fill = filler(storyline, pack, loss, draw, victim);
  const body = storyline.body.map(fill);
  const details = draw.shuffled(storyline.details).slice(0, draw.whole(2, 3));
  const closing = storyline.hasOwnClosing ? [] : [draw.pick(pack.closings)];
  return {
    title: fill(titleText),
    description: [...body, details.map((detail) => `- ${fill(detail)}`).join('\n'), ...closing].join('\n\n'),
    beginning: body[0] ?? '',
    fraud: storyline.fraud && fraudFacts(storyline.fraud, fill, loss, filer, draw),
    victim,
  };
}

/** The kind of victim a text names first. */
export const namedIn = (text: string, { cast }: LanguagePack): CastKind | undefined =>
  (Object.keys(cast) as CastKind[])
    .filter((kind) => text.includes(`{${kind}}`))
    .sort((a, b) => text.indexOf(`{${a}}`) - text.indexOf(`{${b}}`))[0];

interface Loss {
  amount: string;
  currency: string;
  /** As a text says it. */
  text: string;
}

function drawLoss({ fraud }: Storyline, filer: RegionMember, draw: SeededDraw): Loss | undefined {
  if (!fraud?.lossUsd) return undefined;
  const currency = filer.currency ?? 'USD';
  const exact = draw.magnitude(...fraud.lossUsd) * (UNITS_PER_USD[currency] ?? 1);
  // Two or three figures that count: nobody knows a loss to the last unit on the first day.
  const step = 10 ** Math.max(0, Math.floor(Math.log10(exact)) - 2);
  const units = String(Math.round(exact / step) * step);
  return { amount: `${units}.00`, currency, text: `${currency} ${units.replace(/\B(?=(\d{3})+$)/g, ',')}` };
}

/** The same blank gets the same filling wherever it stands in one telling. */
function filler(
  storyline: Storyline,
  pack: LanguagePack,
  loss: Loss | undefined,
  draw: SeededDraw,
  victim: CastKind | undefined,
): (text: string) => string {
  const [network, otherNetwork] = draw.shuffled(DOCUMENTATION_NETWORKS);
  const [stem, otherStem] = draw.shuffled(storyline.domains ?? []);
  const number = draw.whole(2, 98);
  const fillings: Record<string, string | undefined> = {
    domain: stem && `${stem}${number}.example`,
    domain2: otherStem && `${otherStem}${number + 1}.example`,
    ip: `${network}.${draw.whole(1, 254)}`,
    ip2: `${otherNetwork}.${draw.whole(1, 254)}`,
    ip6: `2001:db8:${draw.whole(0x10, 0xfff).toString(16)}::${draw.whole(1, 0xff).toString(16)}`,
    n: storyline.n && String(draw.magnitude(...storyline.n)),
    m: storyline.m && String(draw.magnitude(...storyline.m)),
    loss: loss?.text,
  };
  return (text) =>
    text.replace(/\{(\w+)\}/g, (_, blank: string) => {
      const name = blank === 'victim' ? (victim ?? blank) : blank;
      const names = pack.cast[name as CastKind];
      const filling = (fillings[name] ??= names && draw.pick(names));
      if (filling === undefined) throw new Error(`${storyline.id} has nothing for {${name}}`);
      return filling;
    });
}

function fraudFacts(
  fraud: NonNullable<Storyline['fraud']>,
  fill: (text: string) => string,
  loss: Loss | undefined,
  filer: RegionMember,
  draw: SeededDraw,
): FraudFacts {
  const facts: FraudFacts = { modus: fill(fraud.modus), channel: fraud.channel };
  if (fraud.impersonated) facts.impersonated = fill(fraud.impersonated);
  if (loss) facts.loss = { amount: loss.amount, currency: loss.currency };
  if (fraud.victims) facts.victims = draw.magnitude(...fraud.victims);
  const instruments = draw.shuffled(instrumentsFor(fraud.channel, filer, draw)).slice(0, draw.whole(0, 2));
  if (instruments.length > 0) facts.instruments = instruments;
  return facts;
}

/** None of these can belong to anybody: +999 is no country's, the rest bears `example` or a run of zeroes. */
function instrumentsFor(channel: string, { code }: RegionMember, draw: SeededDraw): FraudInstrument[] {
  const digits = (length: number): string => Array.from({ length }, () => draw.whole(0, 9)).join('');
  const account: FraudInstrument = { type: 'bank-account', value: `00000${digits(7)}`, country: code };
  const phone: FraudInstrument = { type: 'phone', value: `+999${digits(8)}` };
  switch (channel) {
    case 'sms':
      return [{ type: 'sender-id', value: draw.pick(['INFO-ALERT', 'MYBANK', 'PARCEL', 'SERVICE']) }, phone, account];
    case 'voice':
      return [phone, account];
    case 'email':
      return [{ ...account, isDisputed: draw.happens(0.3) }];
    case 'qr-code':
      return [{ type: 'payment-alias', value: `stall${digits(4)}@pay.example`, country: code }];
    case 'website':
      return [];
    default:
      return [
        account,
        { type: 'e-wallet', value: `example-wallet-${digits(6)}`, country: code },
        { type: 'crypto-address', value: `bc1qexample${digits(20)}` },
      ];
  }
}
