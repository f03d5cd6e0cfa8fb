import { ValidateBy, isUUID } from 'class-validator';
import { kindOf } from '../../policy/audience.js';

const isItem = (item: unknown): boolean => {
  const kind = kindOf(item);
  if (kind === null) return false;
  if (typeof item === 'string') return true;
  const value = (item as Record<string, unknown>)[kind];
  if (kind !== 'dutyRole') return isUUID(value);
  if (typeof value !== 'object' || value === null) return false;
  const { organisation, role, ...rest } = value as Record<string, unknown>;
  return isUUID(organisation) && typeof role === 'string' && role !== '' && Object.keys(rest).length === 0;
};

/** Each item is "community", "partners", "public", or an object with one of organisation, group, user, dutyRole. */
export const IsAudience = (): PropertyDecorator =>
  ValidateBy({
    name: 'isAudience',
    validator: {
      validate: (value: unknown) => Array.isArray(value) && value.every(isItem),
      defaultMessage: (args) => {
        const value: unknown = args?.value;
        const wrong = Array.isArray(value) ? value.findIndex((item) => !isItem(item)) : -1;
        return `${wrong < 0 ? 'The audience' : `Item ${wrong}`} must be "public", "community", "partners", or an object with one of organisation, group, user (ids) or dutyRole`;
      },
    },
  });
