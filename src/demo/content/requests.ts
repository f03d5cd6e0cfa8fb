import type { Region, RequestKind } from '../../kernel/region.js';
import { memberStates } from '../../kernel/region.js';

/** One request of the demo: who asks whom for what, how it went, and when. */
export interface DemoRequest {
  kind: RequestKind;
  from: string;
  to: { country: string } | { group: string };
  title: string;
  body: string;
  minutesAgo: number;
  /** What the one that is asked does, in this order. */
  acts: readonly ('acknowledge' | 'answer' | 'decline')[];
  answer: string;
}

type Telling = Pick<DemoRequest, 'kind' | 'title' | 'body' | 'acts' | 'answer'>;

const TELLINGS: readonly Telling[] = [
  {
    kind: 'rfi',
    title: 'Have you seen the sender id COASTPOST?',
    body: 'It sends links to `parcel-fee.example`. We would like to know since when, and to which networks.',
    acts: ['acknowledge', 'answer'],
    answer: 'Since Monday, to two carriers. Both block it now.',
  },
  {
    kind: 'takedown',
    title: 'Please ask the host of a copied sign-in page to take it off',
    body: 'The page is at `login.coral-lagoon-bank.example` on `198.51.100.24`, which your constituency answers for.',
    acts: ['acknowledge', 'answer'],
    answer: 'The host has taken it off.',
  },
  {
    kind: 'notification',
    title: 'A clinic in your constituency has credentials on a list',
    body: 'Forty accounts of `harbour-clinic.example` stand on a list that we were given. Would you tell them?',
    acts: ['acknowledge'],
    answer: '',
  },
  {
    kind: 'assistance',
    title: 'Somebody who reads firmware of harbour cranes',
    body: 'We have an image of a controller and nobody who knows the maker. Half a day would help us much.',
    acts: [],
    answer: '',
  },
  {
    kind: 'preservation',
    title: 'Please keep the logs of one server until our police has asked yours',
    body: 'The server is `203.0.113.80`, the days are the last seven. The formal request goes its own way.',
    acts: ['acknowledge', 'answer'],
    answer: 'Our provider keeps them for ninety days.',
  },
  {
    kind: 'rfi',
    title: 'Is a training domain of yours meant to be reached from outside?',
    body: 'Our scanner found `lab.training.example`. We ask before we tell anybody.',
    acts: ['decline'],
    answer: '',
  },
];

const HOURS = 60;

/** Each member asks once and is asked once, and the first circle is asked for the hold of a payment. */
export function demoRequests(
  region: Region,
  groups: readonly { name: string; members: readonly string[] }[],
): DemoRequest[] {
  const codes = memberStates(region).map(({ code }) => code);
  const step = Math.max(1, Math.floor(codes.length / 3));
  const among = codes.length < 2 ? [] : codes;
  const requests = among.map((from, at): DemoRequest => {
    const telling = TELLINGS[at % TELLINGS.length] as Telling;
    return {
      ...telling,
      from,
      to: { country: codes[(at + step) % codes.length] ?? from },
      minutesAgo: (30 + at * 9) * HOURS,
    };
  });
  const [desk] = groups;
  const asker = desk?.members[1];
  if (!desk || asker === undefined) return requests;
  return [
    ...requests,
    {
      kind: 'urgent-hold',
      from: asker,
      to: { group: desk.name },
      title: 'A transfer on its way to one of your wallets',
      body: '12,500.00 left account `000-111-222` ten minutes ago. The victim called within the hour; the wallet is `wallet-77.example`.',
      minutesAgo: 8,
      acts: [],
      answer: '',
    },
  ];
}
