import { applyDecorators } from '@nestjs/common';
import { Type } from 'class-transformer';
// eslint-disable-next-line no-restricted-imports -- the one place that knows how to ask it
import { IsObject, ValidateNested } from 'class-validator';

type Class = () => new () => object;

/**
 * A member that is an object of this class. class-validator's own `ValidateNested` asks for one or a list of them, so that
 * no items were no faults, and lets null through: what is behind took either for the object (eslint keeps it out).
 */
export const Holds = (of: Class): PropertyDecorator => applyDecorators(IsObject(), ValidateNested(), Type(of));

/** A list, beside `IsArray`, of objects of this class. */
export const EachHolds = (of: Class): PropertyDecorator =>
  applyDecorators(IsObject({ each: true }), ValidateNested({ each: true }), Type(of));
