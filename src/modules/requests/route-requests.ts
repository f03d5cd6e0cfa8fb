import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { Chance } from '../../kernel/chance.js';
import type { Fault } from '../../kernel/problem.js';
import { forbidden, invalidInput, notFound } from '../../kernel/problem.js';
import type { Region } from '../../kernel/region.js';
import { ORIGIN_NODE } from '../../platform/config/origin-node.token.js';
import { REGION } from '../../platform/config/region.token.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { mayRelease } from '../../policy/release.js';
import { DirectoryReader } from '../identity/index.js';
import { normalise, refang } from '../observables/index.js';
import { notAsking } from './request.problems.js';
import { mayAsk } from './request.rules.js';
import type { IndicatorList, RouteRequestsDto, RoutingView } from './route-requests.dto.js';
import { RequestsStore } from './requests.store.js';
import type { RequestIndicator } from './requests.store.js';

/** Types that lead to somebody, in the order in which a text is tried for them. */
const ROUTABLE = ['ipv4', 'ipv6', 'cidr', 'asn', 'url', 'email', 'domain', 'host'] as const;

interface Indicator {
  type: string;
  value: string;
  /** Where it first stands in what was sent. */
  index: number;
}

interface Drafted {
  organisationKey: number;
  organisationId: string;
  indicators: RequestIndicator[];
}

/** Brings many indicators to those who answer for them: one draft each, of the caller's organisation. Nothing is sent. */
@Injectable()
export class RouteRequests {
  constructor(
    private readonly work: UnitOfWork,
    private readonly directory: DirectoryReader,
    private readonly requests: RequestsStore,
    private readonly chance: Chance,
    @Inject(REGION) private readonly region: Region,
    @Inject(ORIGIN_NODE) private readonly originNode: string,
  ) {}

  /** @returns what names this routing. @throws Problem 400 with a pointer to each value that leads to nobody by its form. */
  async run(actor: Actor, input: RouteRequestsDto): Promise<string> {
    if (!mayAsk(actor)) throw notAsking();
    const { tlp, pap = this.region.defaults.pap } = input.marking;
    const indicators = read(input.values);
    if (tlp === 'TLP:RED')
      throw invalidInput([{ pointer: '/marking/tlp', detail: 'TLP:RED goes to persons: ask them one by one.' }]);
    const drafts = await this.drafts(actor, indicators);
    // Whoever may not release at this marking drafts nothing at it either.
    const decision = mayRelease({
      actor,
      candidates: null,
      recordTlp: tlp,
      before: null,
      next: { tlp, principals: drafts.map(({ organisationKey }) => organisationKey) },
      hasNewContent: true,
    });
    if (decision.may === 'no') throw forbidden(decision.why);
    const routingId = this.chance.uuid();
    for (const draft of drafts) {
      const id = this.chance.uuid();
      this.requests.insert({
        id,
        originNode: this.originNode,
        kind: input.kind,
        ownerKey: actor.organisationKey,
        authorKey: actor.userKey,
        to: { organisationKey: draft.organisationKey },
        ownerReaders: [actor.organisationKey],
        chosen: [{ organisation: draft.organisationId }],
        tlp,
        pap,
        title: input.title,
        body: input.body,
        language: input.language ?? null,
        answersTo: input.answersTo ?? 'all',
        incidentKeys: [],
        sent: null,
        acknowledgeBy: null,
        answerBy: null,
        routed: { routingId, indicators: draft.indicators },
      });
      this.work.emit(
        { type: 'request.drafted', version: 1, payload: { requestId: id, kind: input.kind, tlp } },
        actor.userKey,
      );
    }
    return routingId;
  }

  /** What became of the values: what is in none of the drafts could not be routed. Also for a repeat, by today's directory. */
  async view(actor: Actor, routingId: string, { values }: RouteRequestsDto): Promise<RoutingView> {
    const rows = await this.requests.routed(actor.organisationKey, routingId);
    const drafted = new Set(rows.flatMap(({ indicators }) => indicators.map(nameOf)));
    const left = read(values).filter((each) => !drafted.has(nameOf(each)));
    const answerers = left.length > 0 ? await this.directory.answerersOf(left) : [];
    return {
      id: routingId,
      requests: rows.map((row) => ({
        id: row.id,
        state: row.state,
        to:
          row.to_org_id !== null && row.to_org_name !== null
            ? { id: row.to_org_id, name: row.to_org_name, country: row.to_org_country }
            : null,
        indicators: row.indicators.map(toIndicator),
      })),
      unroutable: left.map(({ index }, nth) => ({
        pointer: `/values/${index}`,
        value: values[index] ?? '',
        why: answerers[nth]?.organisationKey === actor.organisationKey ? 'your-own' : 'nobody-answers',
      })),
    };
  }

  /** @throws Problem the one 404. */
  async indicators(id: string): Promise<IndicatorList> {
    const indicators = await this.requests.indicators(id);
    if (!indicators) throw notFound();
    return { items: indicators.map(toIndicator), next: null };
  }

  /** One for each organisation that is not the caller's own, in the order of what was sent. */
  private async drafts(actor: Actor, indicators: readonly Indicator[]): Promise<Drafted[]> {
    const answerers = await this.directory.answerersOf(indicators);
    const byKey = new Map<number, RequestIndicator[]>();
    indicators.forEach(({ type, value }, nth) => {
      const answerer = answerers[nth];
      if (!answerer || answerer.organisationKey === actor.organisationKey) return;
      const of = byKey.get(answerer.organisationKey) ?? [];
      of.push({ type, value, matched: answerer.matched });
      byKey.set(answerer.organisationKey, of);
    });
    const organisations = await this.directory.organisationSummaries([...byKey.keys()]);
    return organisations
      .toSorted((one, other) => (one.id < other.id ? -1 : 1))
      .map(({ key, id }) => ({ organisationKey: key, organisationId: id, indicators: byKey.get(key) ?? [] }));
  }
}

/** Each value once, in its one form. @throws Problem 400 with every fault. */
function read(values: readonly string[]): Indicator[] {
  const faults: Fault[] = [];
  const known = new Map<string, Indicator>();
  values.forEach((text, index) => {
    const found = readOne(text);
    if (found === null) faults.push({ pointer: `/values/${index}`, detail: NO_ADDRESS });
    else if (!known.has(nameOf(found))) known.set(nameOf(found), { ...found, index });
  });
  if (faults.length > 0) throw invalidInput(faults);
  return [...known.values()];
}

const NO_ADDRESS =
  'Give an IP address, a network, a domain or host name, a URL, an e-mail address or an AS number such as AS64500.';

function readOne(text: string): { type: string; value: string } | null {
  for (const type of ROUTABLE) {
    // A number alone is none of an autonomous system to whoever wrote it.
    if (type === 'asn' && !/^\s*asn?/i.test(text)) continue;
    const result = normalise(type, refang(type, text.trim()));
    if ('value' in result && (type !== 'host' || result.value.includes('.'))) return { type, value: result.value };
  }
  return null;
}

const nameOf = ({ type, value }: { type: string; value: string }): string => `${type} ${value}`;

const toIndicator = ({ type, value, matched }: RequestIndicator): RequestIndicator => ({ type, value, matched });
