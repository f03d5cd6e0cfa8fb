import { Logger } from '@nestjs/common';
import { NestLogger, createLogger } from './request-log.logger.js';

describe('the log', () => {
  const lines: string[] = [];
  const written = (): Record<string, unknown>[] =>
    lines.splice(0).map((line) => JSON.parse(line) as Record<string, unknown>);
  const logger = new NestLogger(
    createLogger({ level: 'info', destination: { write: (line) => void lines.push(line) } }),
  );

  it('says when, how grave and who', () => {
    logger.log('Ready', 'Boot');
    expect(written()).toEqual([
      { level: 'info', time: expect.stringMatching(/^\d{4}-.*Z$/), context: 'Boot', msg: 'Ready' },
    ]);
  });

  it('takes fields as they are, and a stack without its message', () => {
    logger.error({ requestId: 'r', problem: 'internal' }, 'Error: of what was sent\n    at file (a.ts:1:1)', 'Filter');
    expect(written()).toMatchObject([
      { level: 'error', context: 'Filter', requestId: 'r', problem: 'internal', stack: 'file (a.ts:1:1)' },
    ]);
  });

  it('never repeats an error’s message, which may hold what somebody sent', () => {
    const error = Object.assign(new Error('duplicate key (email)=(linh@cert.vn.example)'), { code: '23505' });
    logger.error(error, 'Store');
    logger.warn('It failed', error, 'Store');
    const all = written();
    expect(all).toMatchObject([
      { error: 'Error', code: '23505', context: 'Store' },
      { error: 'Error', code: '23505', msg: 'It failed' },
    ]);
    expect(JSON.stringify(all)).not.toContain('linh');
    expect(all[0]?.stack).toContain('request-log.logger.spec');
  });

  it('leaves out what is below its level', () => {
    logger.debug('Small talk', 'Anyone');
    expect(written()).toEqual([]);
  });

  it('is what Nest’s own logger writes to', () => {
    Logger.overrideLogger(logger);
    new Logger('Guard').warn('declares no access');
    Logger.overrideLogger(false);
    expect(written()).toMatchObject([{ level: 'warn', context: 'Guard', msg: 'declares no access' }]);
  });
});
