import { Transform } from 'class-transformer';

/** A filter that repeats for "or": `?kind=a&kind=b` and `?kind=a` alike are a list. */
export const Many = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) =>
    value === undefined || Array.isArray(value) ? (value as unknown) : [value],
  );
