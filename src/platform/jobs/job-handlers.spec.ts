import { Logger } from '@nestjs/common';
import { JobHandlers } from './job-handlers.js';

describe('JobHandlers', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('runs what is due, in the order in which it was named', async () => {
    const ran: string[] = [];
    const handlers = new JobHandlers()
      .every('minute', 'first', async () => ran.push('first'))
      .every('hour', 'hourly', async () => ran.push('hourly'))
      .every('minute', 'second', async () => ran.push('second'));
    await handlers.run('minute');
    expect(ran).toEqual(['first', 'second']);
  });

  it('lets a handler that fails stop none of the others, and says which it was', async () => {
    const log = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    const ran: string[] = [];
    const handlers = new JobHandlers()
      .every('minute', 'broken', () => Promise.reject(new Error('of no use')))
      .every('minute', 'sound', async () => ran.push('sound'));
    await handlers.run('minute');
    expect(ran).toEqual(['sound']);
    expect(log).toHaveBeenCalledWith('the job broken failed', expect.any(Error));
  });

  it('says how long nothing is due at an instant, also where one of them fails', async () => {
    jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    const ran: string[] = [];
    const handlers = new JobHandlers()
      .atInstants(
        'broken',
        async () => 300,
        () => Promise.reject(new Error('of no use')),
      )
      .atInstants(
        'sound',
        async () => 200,
        async () => ran.push('sound'),
      )
      .atInstants(
        'idle',
        async () => null,
        async () => ran.push('idle'),
      );
    expect(await handlers.runAlarms()).toBe(200);
    expect(ran).toEqual(['sound', 'idle']);
    expect(await new JobHandlers().runAlarms()).toBeNull();
  });
});
