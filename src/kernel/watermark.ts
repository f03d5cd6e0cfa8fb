/** Said of everything that leaves an exercise, so that nobody takes it for real life. */
export const WATERMARK = 'EXERCISE EXERCISE EXERCISE';

/** Before the title of what leaves one. */
export const BEFORE_TITLE = `${WATERMARK}: `;
