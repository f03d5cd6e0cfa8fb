import type { MispEvent } from '../../codecs/misp/index.js';
import { objectsOf } from '../../codecs/record/json.js';
import type { Json } from '../../codecs/record/json.js';
import { BEFORE_TITLE } from '../../kernel/watermark.js';
import type { IncidentView } from '../incidents/index.js';

/** What RSIT has for it, beside the class that is played. */
const TEST_TAG = 'rsit:test="test"';

/** A record of an exercise as it leaves: whatever the format, its title says so, and so does its tag. */
export const watermarked = <T extends Pick<IncidentView, 'title' | 'tags'>>(view: T): T => ({
  ...view,
  title: `${BEFORE_TITLE}${view.title}`,
  tags: [...new Set([...view.tags, TEST_TAG])],
});

const isTest = ({ name }: Json): boolean => name === TEST_TAG;

/** An event of MISP likewise. Behind its own, whose first class is the one that is played. */
export function watermarkedEvent(event: MispEvent): MispEvent {
  const tags = objectsOf(event.Tag);
  return {
    ...event,
    info: event.info.startsWith(BEFORE_TITLE) ? event.info : BEFORE_TITLE + event.info,
    Tag: tags.some(isTest) ? tags : [...tags, { name: TEST_TAG, colour: '#0088cc', exportable: true, local: false }],
  };
}

/** What a client sends back of an event that it got with a watermark. @param own the event without one. */
export function withoutWatermark(sent: Json, own: MispEvent): Json {
  const { info, Tag } = sent;
  return {
    ...sent,
    ...(typeof info === 'string' &&
      info.startsWith(BEFORE_TITLE) &&
      !own.info.startsWith(BEFORE_TITLE) && { info: info.slice(BEFORE_TITLE.length) }),
    ...(Array.isArray(Tag) &&
      !objectsOf(own.Tag).some(isTest) && { Tag: objectsOf(Tag).filter((tag) => !isTest(tag)) }),
  };
}
