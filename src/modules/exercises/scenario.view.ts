import { read } from './scenario.rules.js';
import type { SentScenario } from './scenario.rules.js';
import type { ScenarioFindingView } from './scenarios.dto.js';

/** All that is wrong with it, as the API says it. */
export const findingsOf = (sent: SentScenario): ScenarioFindingView[] =>
  read(sent).findings.map(({ rule, severity, pointer, detail, line = null, column = null }) => ({
    rule,
    severity,
    pointer,
    detail,
    line,
    column,
  }));
