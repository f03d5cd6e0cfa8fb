import type { ClientBase } from 'pg';

/**
 * Of a pool's settings: the end of a connection is an error of whatever is asked on it, and never of the process, as it
 * is where nobody listens. A pool listens while a connection is idle, and its user from some moment after it was given
 * one; what the server says in the same packet as "ready", and says last, fell between the two.
 */
export const onConnect = (client: ClientBase): void => {
  client.on('error', () => undefined);
};
