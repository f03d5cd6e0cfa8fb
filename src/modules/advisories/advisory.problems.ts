import type { CsafFinding } from '../../codecs/csaf/index.js';
import { Problem, conflict, forbidden } from '../../kernel/problem.js';
import type { Fault } from '../../kernel/problem.js';
import type { AdvisoryAction, AdvisoryState } from './advisory.rules.js';

export const notIssuing = (): Problem =>
  forbidden('National CERTs and the region’s bodies issue advisories: analysts and coordinators of active ones.');

const OWNERS = 'Only an analyst or a coordinator of the organisation that issues it does this.';
const OTHERS =
  'Whoever wrote any of it does not review it: another analyst or coordinator of its organisation does, and whom that invited.';

const whose: Record<AdvisoryAction, string> = {
  edit: OWNERS,
  submit: OWNERS,
  invite: OWNERS,
  revise: OWNERS,
  comment: 'Only analysts and coordinators who review it, or whose organisation issues it, comment on a draft.',
  'request-changes': OTHERS,
  approve: OTHERS,
  schedule: OWNERS,
  'cancel-schedule': OWNERS,
  publish: OWNERS,
  withdraw: OWNERS,
  acknowledge: 'Only analysts and coordinators of an organisation that it was released to acknowledge it.',
};

export const notYours = (action: AdvisoryAction): Problem => forbidden(whose[action]);

export const wrongState = (state: AdvisoryState, action: AdvisoryAction): Problem =>
  conflict('wrong-state', 'The advisory is not there', `An advisory that is ${state} does not take ${action}.`);

/** Neither its marking nor whom it goes to is guessed. */
export const unmarked = (): Fault => ({
  pointer: '/marking',
  detail: 'It came in unmarked: it stays with its owner until that marks it.',
});

export const changesOpen = (): Problem =>
  conflict('changes-open', 'Not everything is done', 'It is submitted again when every requested change is done.');

export const alreadyInvited = (): Problem =>
  conflict('already-invited', 'Invited already', 'They may read the draft already.');

/** A test that has to be met is not: others could not read it. Each by the number that CSAF 2.0 gives it. */
export const notCsaf = (findings: readonly CsafFinding[]): Problem =>
  new Problem(
    'not-csaf',
    409,
    'It cannot be published as CSAF',
    `${findings.length} of the mandatory tests of CSAF 2.0 fail: GET its csaf-check, and correct what they name.`,
    { extensions: { findings: findings.map(({ id, pointer, detail }) => ({ id, pointer, detail })) } },
  );

export const notExported = (): Problem =>
  forbidden('TLP:RED goes no further than whom it names: no file of it leaves.');

/** What was sent is not CSAF 2.0; each pointer is into it. */
export const notCsafDocument = (findings: readonly CsafFinding[]): Problem =>
  new Problem('not-csaf', 400, 'This is not CSAF 2.0', `${findings.length} of its mandatory tests fail.`, {
    errors: findings.map(({ id, pointer, detail }) => ({ pointer, detail: `${id}: ${detail}` })),
    extensions: { findings: findings.map(({ id, pointer, detail }) => ({ id, pointer, detail })) },
  });
