import { ValidateIf } from 'class-validator';

const isSaid = (_: object, value: unknown): boolean => value !== undefined;
const isSomething = (_: object, value: unknown): boolean => value !== undefined && value !== null;

/**
 * A member that may be left out. Null is another thing, and refused: class-validator's own `IsOptional` lets it through
 * every other rule, whatever the schema says, and what is behind took it for a value (eslint keeps it out).
 */
export const MayBeLeftOut = (): PropertyDecorator => ValidateIf(isSaid);

/** A member that may be left out, or null: where its type, and so its schema, says `| null`, and null means something. */
export const MayBeNull = (): PropertyDecorator => ValidateIf(isSomething);
