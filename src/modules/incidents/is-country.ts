import { ValidateBy, buildMessage, isISO31661Alpha2 } from 'class-validator';
import type { ValidationOptions } from 'class-validator';

/** ISO 3166-1 alpha-2 in capitals, as it is looked for: `vn` beside `VN` would be a country that no filter finds. */
export const IsCountry = (options?: ValidationOptions): PropertyDecorator =>
  ValidateBy(
    {
      name: 'isCountry',
      validator: {
        validate: (value: unknown) => typeof value === 'string' && /^[A-Z]{2}$/.test(value) && isISO31661Alpha2(value),
        defaultMessage: buildMessage(
          (each) => `${each}$property must be an ISO 3166-1 alpha-2 code in capitals, such as VN`,
          options,
        ),
      },
    },
    options,
  );
