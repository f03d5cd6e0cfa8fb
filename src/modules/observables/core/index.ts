export { defang, refang } from './defang.js';
export { extract } from './extract.js';
export { observableId, placeOf, surroundingsOf } from './identity.js';
export type { Surroundings } from './identity.js';
export { normalise } from './normalise.js';
export { LONGEST_VALUE, OBSERVABLE_TYPES, isObservableType } from './types.js';
export type { ObservableValue } from './types.js';
export { WARNING_LISTS, warnings } from './warnings.js';
export type { Warning, WarningList } from './warnings.js';
