import type { Fault } from '../../kernel/problem.js';
import { isObject, objectsOf, textOf } from '../record/json.js';
import type { Json } from '../record/json.js';

/** A document of the Common Exercise Format, as far as Ronda knows it; its members are as they came. */
export interface CexfDocument {
  exercise: Json;
  injects: Json[];
  flow: Json[];
  payloads: Json[];
}

/** @see MISP/cexf: `exercise`, `injects`, `inject_flow`, `inject_payloads`. */
export function readCexf(document: unknown): { document: CexfDocument | null; faults: Fault[] } {
  const faults: Fault[] = [];
  const fault = (pointer: string, detail: string): void => void faults.push({ pointer, detail });
  if (!isObject(document)) return { document: null, faults: [{ pointer: '', detail: 'This is no object.' }] };
  const { exercise } = document;
  if (!isObject(exercise)) fault('/exercise', 'This is missing.');
  else
    for (const member of ['uuid', 'name'])
      if (textOf(exercise[member]) === null) fault(`/exercise/${member}`, 'This is missing.');
  for (const member of ['injects', 'inject_flow'])
    if (!Array.isArray(document[member])) fault(`/${member}`, 'This must be a list.');
  const [injects, flow, payloads] = ['injects', 'inject_flow', 'inject_payloads'].map((each) =>
    objectsOf(document[each]),
  );
  const uuids = new Set<string>();
  for (const [index, { uuid, name }] of (injects ?? []).entries()) {
    const id = textOf(uuid);
    if (id === null) fault(`/injects/${index}/uuid`, 'This is missing.');
    else if (uuids.has(id)) fault(`/injects/${index}/uuid`, 'A second inject of this UUID.');
    else uuids.add(id);
    if (textOf(name) === null) fault(`/injects/${index}/name`, 'This is missing.');
  }
  for (const [index, { inject_uuid: of }] of (flow ?? []).entries())
    if (!uuids.has(textOf(of) ?? '')) fault(`/inject_flow/${index}/inject_uuid`, 'There is no such inject.');
  if (faults.length > 0 || !isObject(exercise)) return { document: null, faults };
  return { document: { exercise, injects: injects ?? [], flow: flow ?? [], payloads: payloads ?? [] }, faults };
}
