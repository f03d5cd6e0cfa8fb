import { StartupError } from '../config/startup-error.js';
import { explain } from './explain.js';

describe('what kept a start from succeeding', () => {
  it('is a full disk, however deep the word for it lies', () => {
    const full = Object.assign(new Error('could not extend file'), { code: '53100' });
    const query = Object.assign(new Error('query failed'), { driverError: full });
    const error = new StartupError('database', 'The database could not be brought up to date.', { cause: query });
    expect(explain(error, '/data')).toMatchObject({ fault: 'no-space', exitCode: 1 });
  });

  it('is said as it was found', () => {
    const error = new StartupError('configuration', 'A setting is wrong.');
    expect(explain(error, '/data')).toBe(error);
    expect(explain(new Error('something new\n    at somewhere'), '/data')).toEqual({
      message: 'Ronda could not start: something new.',
      exitCode: 1,
    });
  });

  it('ends with a circle of causes as well', () => {
    const error = new Error('round and round');
    error.cause = error;
    expect(explain(error, '/data').exitCode).toBe(1);
  });
});
