import { Problem, conflict } from '../../kernel/problem.js';
import { FEWEST_CANDIDATES } from '../../policy/anonymity.js';
import type { Candidates } from './count-candidates.js';

export const releasePending = (): Problem =>
  conflict('release-pending', 'A release is waiting', 'Confirm or cancel the release that is waiting first.');
export const noReleasePending = (): Problem =>
  conflict('no-release-pending', 'No release is waiting', 'There is no release of this record to confirm or cancel.');
export const revisionMoved = (): Problem =>
  conflict(
    'revision-moved',
    'The record was changed since',
    'The release that waits is of an older revision. Cancel it, and release the current one.',
  );
export const sameperson = (): Problem =>
  new Problem(
    'second-person-required',
    403,
    'A second person has to confirm',
    'GREEN and CLEAR go out on the word of two: another analyst or coordinator of your organisation confirms.',
  );
export const somebodyOnDuty = (): Problem =>
  conflict(
    'somebody-on-duty',
    'Somebody else is on duty',
    'A hold replaces the second person only where nobody else of your organisation is on duty.',
  );
export const previewOutdated = (change: Record<string, unknown>): Problem =>
  new Problem(
    'preview-outdated',
    409,
    'It would do something else by now',
    'What the release would do is not what the preview showed: `changed` names the parts, and `preview` is how it is now. Look, and send its token.',
    { extensions: change },
  );
/** @param found who could have written it, and what in the record rules the others out. */
export const tooFewCandidates = ({ fewest, ruledOutBy }: Candidates): Problem =>
  new Problem(
    'too-few-candidates',
    409,
    'Too few could be its author',
    `Somebody who would read it could think of ${fewest} organisations as its author; it takes ${FEWEST_CANDIDATES}. Release it to others, say less in the facts named in \`ruledOutBy\`, or file it in your name.`,
    {
      errors: [
        {
          pointer: '/audience',
          detail: `In the eyes of some whom it names ${fewest} organisations could be the author, and not ${FEWEST_CANDIDATES}.`,
        },
      ],
      extensions: { candidates: fewest, ruledOutBy },
    },
  );
export const changedMeanwhile = (): Problem =>
  new Problem('changed-meanwhile', 503, 'It changed while it was read', 'Ask again.', {
    headers: { 'retry-after': '1' },
  });
export const nothingToRecall = (): Problem =>
  conflict('nothing-to-recall', 'Nothing is released', 'There is no release of this record to take back.');
export const alreadyAsked = (): Problem =>
  conflict(
    'already-asked',
    'Your organisation has asked already',
    'A request of your organisation for this record is open: its owner has yet to decide.',
  );
export const alreadyDecided = (): Problem =>
  conflict('already-decided', 'It is decided', 'This request was granted or declined before.');
export const embargoOnNarrowing = 'Taking away acts at once: leave this out, or let more be read.';
export const embargoInThePast = 'This instant is past: leave it out to release at once.';
export const emptyDutyRole = (role: string): string => `Nobody is on duty as ${role} there now.`;
