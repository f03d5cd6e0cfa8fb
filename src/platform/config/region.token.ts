/** Injects the `Region` this installation serves. */
export const REGION = Symbol('region');
