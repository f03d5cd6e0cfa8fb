import type { LoggerService } from '@nestjs/common';
import { pino } from 'pino';
import type { DestinationStream, Level, Logger } from 'pino';

export interface LoggerOptions {
  level: Level | 'silent';
  /** Defaults to standard output. */
  destination?: DestinationStream;
}

/**
 * The product's log: JSON lines, written behind the request's back, some thirty at a time and within a second, and flushed
 * when the process ends in order. Each written by itself was a tenth of a read's cost (bench/README.md).
 */
export const createLogger = ({ level, destination }: LoggerOptions): Logger =>
  pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination ?? pino.destination({ fd: 1, sync: false, minLength: 8192, periodicFlush: 1000 }),
  );

/** Puts what Nest and our own `Logger` say into the same log. */
export class NestLogger implements LoggerService {
  constructor(private readonly pino: Logger) {}

  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }

  log(message: unknown, ...rest: unknown[]): void {
    this.write('info', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }

  /** @param rest a stack, other errors, and last the name of who speaks: Nest's own order. */
  private write(level: Level, message: unknown, rest: unknown[]): void {
    if (!this.pino.isLevelEnabled(level)) return;
    const fields: Record<string, unknown> = {};
    const context = rest.at(-1);
    if (typeof context === 'string' && !isStack(context)) fields.context = context;
    const [stack] = rest;
    if (typeof stack === 'string' && isStack(stack)) fields.stack = framesOf(stack);
    const error = [message, ...rest].find((each) => each instanceof Error);
    if (error) Object.assign(fields, factsOf(error));
    else if (typeof message === 'object') Object.assign(fields, message);
    if (typeof message === 'string') this.pino[level](fields, message);
    else this.pino[level](fields);
  }
}

const isStack = (text: string): boolean => text.includes('\n    at ');

/** An error's message may hold a value that somebody sent, as PostgreSQL's do; its name, code and place hold none. */
const factsOf = (error: Error): Record<string, unknown> => ({
  error: error.name,
  ...('code' in error && { code: error.code }),
  stack: framesOf(error.stack ?? ''),
});

const framesOf = (stack: string): string => stack.split('\n    at ').slice(1).join('\n    at ');
