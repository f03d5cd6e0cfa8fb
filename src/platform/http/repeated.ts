import { Transform } from 'class-transformer';

const repeated = ({ value }: { value: unknown }): unknown =>
  value === undefined || Array.isArray(value) ? value : [value];

/** A query parameter that may be given several times: one alone is a list too. */
export const Repeated = (): PropertyDecorator => Transform(repeated);
