import { ValidationPipe } from '@nestjs/common';
import type { ArgumentMetadata, PipeTransform } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import type { Fault } from '../../kernel/problem.js';
import { invalidInput } from '../../kernel/problem.js';
import { escapePointer, textFaults } from '../../kernel/text-faults.js';
import { rememberValidationRules } from './validation-metadata.js';

rememberValidationRules();

/** All faults of a body or of query parameters at once, each by JSON Pointer (RFC 6901). Unknown properties are faults. */
export class InputPipe implements PipeTransform {
  private readonly body = pipe();
  private readonly query = pipe('query');

  transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (metadata.type === 'custom' || metadata.type === 'param') return Promise.resolve(value);
    // `@Query('name')` hands over what stands behind the name.
    const at = metadata.data === undefined ? '' : `/${escapePointer(metadata.data)}`;
    const unstorable = textFaults(value, at, metadata.type === 'query' ? 'query' : undefined);
    if (unstorable.length > 0) throw invalidInput(unstorable);
    if (metadata.type === 'query') return this.query.transform(value, metadata) as Promise<unknown>;
    if (value === undefined || value === null || typeof value !== 'object' || Array.isArray(value))
      // A body may be left out where every member may.
      value = value === undefined || value === null ? {} : rejectBody();
    return this.body.transform(value, metadata) as Promise<unknown>;
  }
}

const rejectBody = (): never => {
  throw invalidInput([{ pointer: '', detail: 'The body has to be a JSON object.' }]);
};

/** 6 kB of wrong items made 600 kB of faults. */
const MAX_FAULTS_SHOWN = 100;

const pipe = (place?: Fault['in']): ValidationPipe =>
  new ValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    stopAtFirstError: false,
    exceptionFactory: (errors) => invalidInput(faultsOf(errors, '', place).slice(0, MAX_FAULTS_SHOWN)),
  });

function faultsOf(errors: ValidationError[], at: string, place?: Fault['in']): Fault[] {
  return errors.flatMap((error) => {
    const pointer = `${at}/${escapePointer(error.property)}`;
    const own = Object.entries(error.constraints ?? {})
      // That it has to be an object, `Holds` has said: this one would add "or array".
      .filter(([rule]) => rule !== 'nestedValidation')
      .map(([rule, message]) => ({
        pointer,
        detail: rule === 'whitelistValidation' ? 'There is no such property.' : sentence(message, error.property),
        ...(place && { in: place }),
      }));
    return [...own, ...faultsOf(error.children ?? [], pointer, place)];
  });
}

/** class-validator says "title must be …": the pointer has named it already, but a sentence needs its subject. */
const sentence = (message: string, property: string): string => {
  const text = message.startsWith(property)
    ? `This${message.slice(property.length)}`
    : message.replace(`each value in ${property}`, 'Each value');
  return text.endsWith('.') ? text : `${text}.`;
};
