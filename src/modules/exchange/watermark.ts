import type { MispEvent } from '../../codecs/misp/index.js';
import { objectsOf } from '../../codecs/record/json.js';
import type { Json } from '../../codecs/record/json.js';
import type { IncidentView } from '../incidents/index.js';

/** Said of everything that leaves an exercise, so that nobody takes it for real life. */
export const WATERMARK = 'EXERCISE EXERCISE EXERCISE';
/** Before a title. */
const BEFORE = `${WATERMARK}: `;
/** What RSIT has for it, beside the class that is played. */
const TEST_TAG = 'rsit:test="test"';

/** A record of an exercise as it leaves: whatever the format, its title says so, and so does its tag. */
export const watermarked = (view: IncidentView): IncidentView => ({
  ...view,
  title: `${BEFORE}${view.title}`,
  tags: [...new Set([...view.tags, TEST_TAG])],
});

const isTest = ({ name }: Json): boolean => name === TEST_TAG;

/** An event of MISP likewise. Behind its own, whose first class is the one that is played. */
export function watermarkedEvent(event: MispEvent): MispEvent {
  const tags = objectsOf(event.Tag);
  return {
    ...event,
    info: event.info.startsWith(BEFORE) ? event.info : BEFORE + event.info,
    Tag: tags.some(isTest) ? tags : [...tags, { name: TEST_TAG, colour: '#0088cc', exportable: true, local: false }],
  };
}

/** What a client sends back of an event that it got with a watermark. @param own the event without one. */
export function withoutWatermark(sent: Json, own: MispEvent): Json {
  const { info, Tag } = sent;
  return {
    ...sent,
    ...(typeof info === 'string' &&
      info.startsWith(BEFORE) &&
      !own.info.startsWith(BEFORE) && { info: info.slice(BEFORE.length) }),
    ...(Array.isArray(Tag) &&
      !objectsOf(own.Tag).some(isTest) && { Tag: objectsOf(Tag).filter((tag) => !isTest(tag)) }),
  };
}
