import type { IncidentView } from '../incidents/index.js';

/** Said of everything that leaves an exercise, so that nobody takes it for real life. */
export const WATERMARK = 'EXERCISE EXERCISE EXERCISE';
/** What RSIT has for it, beside the class that is played. */
const TEST_TAG = 'rsit:test="test"';

/** A record of an exercise as it leaves: whatever the format, its title says so, and so does its tag. */
export const watermarked = (view: IncidentView): IncidentView => ({
  ...view,
  title: `${WATERMARK}: ${view.title}`,
  tags: [...new Set([...view.tags, TEST_TAG])],
});
