import { numberOfEvent } from './misp.rules.js';

/** An organisation as MISP's clients know one. */
export const organisationOf = ({ id, name }: { id: string; name: string }): object => ({
  ...{ id: numberOfEvent(id), uuid: id, name, local: true },
});
