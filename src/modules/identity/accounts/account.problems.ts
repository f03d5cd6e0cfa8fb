import { Problem, conflict, forbidden } from '../../../kernel/problem.js';
import { unauthenticated } from '../../../platform/http/request.js';

/** The same for an unknown address, a wrong password, a disabled account and a wrong code. */
export const signInFailed = (): Problem =>
  unauthorised(
    'sign-in-failed',
    'Sign-in failed',
    'The address, the password or the code is wrong, or the account is not open.',
  );

export const isSignInFailed = (error: unknown): boolean => error instanceof Problem && error.slug === 'sign-in-failed';

/** Said only to who knows the password. */
export const totpRequired = (): Problem =>
  unauthorised(
    'totp-required',
    'A second factor is needed',
    'Send the code of your authenticator as totp, or a recoveryCode.',
  );

export const refreshFailed = (): Problem =>
  unauthorised(
    'refresh-failed',
    'The session cannot go on',
    'The refresh token is unknown, expired or used. Sign in again.',
  );

export const linkUsed = (): Problem => unauthenticated('The link was used, or has expired. Ask for another.');
export const otherLink = (): Problem => forbidden('This link was made for something else.');
export const sessionNeeded = (): Problem => forbidden('This takes a session: sign in with your password.');
export const wrongPassword = (): Problem =>
  new Problem('wrong-password', 403, 'The password is wrong', 'Give the password you sign in with now.');
export const totpActive = (): Problem =>
  conflict('totp-active', 'A second factor is active', 'Remove it first with DELETE /api/v1/auth/totp.');
export const totpNotBegun = (): Problem =>
  conflict('totp-not-begun', 'No second factor waits', 'Begin with POST /api/v1/auth/totp.');
export const wrongCode = (): Problem =>
  new Problem('wrong-code', 403, 'The code is wrong', 'Give the code that your authenticator shows now.');
export const addressTaken = (): Problem =>
  conflict('address-taken', 'The address has an account', 'An account of your organisation has this address already.');
export const accountConflict = (why: string): Problem =>
  conflict('account-conflict', 'The account does not admit that', why);

const unauthorised = (slug: string, title: string, detail: string): Problem =>
  new Problem(slug, 401, title, detail, { headers: { 'www-authenticate': 'Bearer realm="ronda"' } });
