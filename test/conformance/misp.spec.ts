import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { readEvent, toEvent } from '../../src/codecs/misp/index.js';
import { describeWithFixtures } from '../support/fixtures.js';

interface Attribute {
  type?: string;
  value?: string;
  uuid?: string;
}
interface Event {
  uuid: string;
  Attribute?: Attribute[];
  Object?: { name: string; Attribute?: Attribute[] }[];
}
const given = { uuid: '0a4c1f0e-9f57-4c86-8a0e-3b1d2c4e5f60', now: '2026-11-22T00:00:00.000Z' };
const options = { anonymous: { uuid: given.uuid, name: 'Somebody' }, distribution: 'community' as const };
const read = (file: string): { Event: Event } => JSON.parse(readFileSync(file, 'utf8')) as { Event: Event };

/** Each attribute of an event with the object that it is in. */
const attributesOf = ({ Attribute = [], Object: objects = [] }: Event): string[] =>
  [
    ...Attribute.map((each) => ['', each] as const),
    ...objects.flatMap(({ name, Attribute: inner = [] }) => inner.map((each) => [name, each] as const)),
  ]
    .map(([object, { type, value, uuid }]) => JSON.stringify([object, type, value, uuid]))
    .sort();

describeWithFixtures('misp/events', (dir) => {
  const files = readdirSync(dir).filter((each) => each.endsWith('.json'));

  it('are 65', () => {
    expect(files).toHaveLength(65);
  });

  it.each(files)('%s is read and comes out with the same attributes', (file) => {
    const came = read(path.join(dir, file));
    const { faults, event } = readEvent(came, given);
    expect(faults).toEqual([]);
    if (!event) throw new Error('it was not read');
    expect(event.raw).toEqual(read(path.join(dir, file)).Event);
    const { Event: written } = toEvent(event.record, { ...options, uuid: event.record.id, kept: event.raw });
    expect(attributesOf(written as unknown as Event)).toEqual(attributesOf(came.Event));
    expect(written.uuid).toBe(came.Event.uuid);
    expect(written.Galaxy).toEqual(event.raw.Galaxy ?? []);
  });

  it.each(files)('%s survives being changed: what is no longer there goes, the rest stays', (file) => {
    const { event } = readEvent(read(path.join(dir, file)), given);
    if (!event) throw new Error('it was not read');
    const [gone, ...rest] = event.record.observables;
    const title = `${event.record.title} (seen again)`;
    const changed = {
      ...event.record,
      title,
      severity: { scheme: 'asean', factors: {}, score: 70, band: 'high' },
      observables: rest,
    };
    const again = readEvent(toEvent(changed, { ...options, uuid: changed.id, kept: event.raw }), given);
    expect(again.faults).toEqual([]);
    const byKey = (a: { type: string; value: string }, b: { type: string; value: string }): number =>
      `${a.type} ${a.value}` < `${b.type} ${b.value}` ? -1 : 1;
    const { record } = again.event ?? {};
    expect(record).toMatchObject({ title, severity: { score: 70 } });
    expect(record?.observables.map(({ type, value }) => ({ type, value })).sort(byKey)).toEqual(
      rest.map(({ type, value }) => ({ type, value })).sort(byKey),
    );
    if (gone)
      expect(record?.observables).not.toContainEqual(expect.objectContaining({ type: gone.type, value: gone.value }));
  });

  it('is other/undetermined without a class', () => {
    const { event } = readEvent(read(path.join(dir, 'event_with_domain_ip_attribute.json')), given);
    expect(event?.record.rsit).toEqual({ class: 'other', type: 'undetermined' });
  });

  it('splits what holds two values', () => {
    const { event } = readEvent(read(path.join(dir, 'event_with_domain_ip_attribute.json')), given);
    expect(event?.record.observables.map(({ type, value }) => [type, value])).toEqual([
      ['domain', 'circl.lu'],
      ['ipv4', '149.13.33.14'],
    ]);
  });
});

describeWithFixtures('misp/pymisp', (dir) => {
  const files = readdirSync(dir).filter((each) => /event|malware\.json|shadow|proposals|new_misp|existing/.test(each));
  const events = files
    .map((file) => [file, JSON.parse(readFileSync(path.join(dir, file), 'utf8')) as Record<string, unknown>] as const)
    .filter(([, value]) => 'Event' in value || 'info' in value);

  it.each(events)('%s is read and comes out with the same attributes', (_, value) => {
    const { faults, event } = readEvent(value, given);
    expect(faults).toEqual([]);
    if (!event) throw new Error('it was not read');
    const { Event: written } = toEvent(event.record, { ...options, uuid: event.record.id, kept: event.raw });
    expect(attributesOf(written as unknown as Event)).toEqual(attributesOf(event.raw as unknown as Event));
  });
});
