import type { Problem } from '../../kernel/problem.js';
import { conflict, forbidden } from '../../kernel/problem.js';
import type { RequestAction, RequestState } from './request.rules.js';

export const notAsking = (): Problem =>
  forbidden('National CERTs and the region’s bodies ask requests: analysts and coordinators of active ones.');

const whose: Record<RequestAction, string> = {
  send: 'An analyst or a coordinator of the organisation that asks sends it; GREEN and CLEAR another than the one who asked: they go out on the word of two.',
  withdraw: 'Only an analyst or a coordinator of the organisation that asks withdraws a request.',
  close: 'Only an analyst or a coordinator of the organisation that asks closes a request.',
  acknowledge: 'Only an analyst or a coordinator of an organisation that was asked acknowledges a request.',
  answer: 'Only an analyst or a coordinator of an organisation that was asked answers a request.',
  decline: 'Only an analyst or a coordinator of an organisation that was asked declines a request.',
  escalate: 'Only an analyst or a coordinator of an active organisation records that it paged somebody.',
};

export const notYours = (action: RequestAction): Problem => forbidden(whose[action]);

export const wrongState = (state: RequestState, action: RequestAction): Problem =>
  conflict('wrong-state', 'The request is past this', `A request that is ${state} does not take ${action}.`);

export const notOverdue = (): Problem =>
  conflict(
    'not-overdue',
    'Nobody is late',
    'A contact is paged about a request when its acknowledgement or answer is late.',
  );

export const notLate = (): Problem =>
  conflict('not-late', 'This organisation is not late', 'It was not asked, or has done what is due.');
