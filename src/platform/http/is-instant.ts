import { IsDateString, IsRFC3339 } from 'class-validator';

/** RFC 3339 with an offset, and a day that exists. */
export function IsInstant(): PropertyDecorator {
  return (target, name) => {
    IsRFC3339({ message: '$property must be a time of RFC 3339, such as 2026-11-20T02:10:00Z' })(target, name);
    IsDateString({ strict: true, strictSeparator: true }, { message: '$property must be a day and time that exist' })(
      target,
      name,
    );
  };
}
