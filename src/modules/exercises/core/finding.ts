/** What the linter has to say, and where. */
export interface ScenarioFinding {
  /** Kebab-case; stable. */
  rule: string;
  /** An error keeps a scenario from being played. */
  severity: 'error' | 'warning';
  /** JSON Pointer (RFC 6901). */
  pointer: string;
  detail: string;
  /** From 1 on; where the scenario came as text. */
  line?: number;
  column?: number;
}

export const pointerOf = (...steps: (string | number)[]): string =>
  steps.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

export const stepsOf = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
