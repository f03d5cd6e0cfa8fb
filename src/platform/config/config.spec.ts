import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { readConfig } from './config.js';
import { StartupError } from './startup-error.js';

const EXTERNAL = {
  DATABASE_URL: 'postgres://owner:pw@db.example.org/ronda',
  DATABASE_SERVICE_URL: 'postgres://service:pw@db.example.org/ronda',
};

function refusal(env: Record<string, string>): StartupError {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof StartupError) return error;
  }
  throw new Error('the settings were accepted');
}

describe('readConfig', () => {
  it('needs no setting at all', () => {
    expect(readConfig({})).toEqual({
      host: '127.0.0.1',
      port: 3000,
      publicUrl: undefined,
      securityContact: undefined,
      dataDir: resolve('.ronda'),
      database: { kind: 'embedded' },
      databasePoolSize: Math.max(4, 2 * availableParallelism()),
      demo: true,
      regionFile: undefined,
      originNode: 'local',
      logLevel: 'warn',
      rateLimitPerMinute: 60_000,
      loginLimitPerMinute: 300,
      trustProxy: false,
      metricsToken: undefined,
      role: 'all',
      shutdownTimeoutSeconds: 20,
      files: { place: { folder: resolve('.ronda/attachments') }, limitBytes: 256 * 1024 * 1024 },
      webhookNetworks: [],
      secretKeys: [],
    });
  });

  it('takes a variable set to nothing for one not set', () => {
    expect(readConfig({ PORT: '', DATABASE_URL: ' ', RONDA_DEMO: '' })).toEqual(readConfig({}));
  });

  it('has no demo and logs more with a database of its own', () => {
    expect(readConfig(EXTERNAL)).toMatchObject({
      database: { kind: 'external', migratorUrl: EXTERNAL.DATABASE_URL, serviceUrl: EXTERNAL.DATABASE_SERVICE_URL },
      demo: false,
      logLevel: 'info',
    });
    expect(readConfig({ ...EXTERNAL, RONDA_DEMO: 'yes', RONDA_ROLE: 'worker' })).toMatchObject({
      demo: true,
      role: 'worker',
    });
  });

  it.each([
    ['off', false],
    ['on', 1],
    ['2', 2],
    ['10.0.0.1, 192.0.2.0/24,2001:db8::/32', ['10.0.0.1', '192.0.2.0/24', '2001:db8::/32']],
  ])('reads TRUST_PROXY=%s', (text, expected) => {
    expect(readConfig({ TRUST_PROXY: text }).trustProxy).toEqual(expected);
  });

  it('reads a secret key in hex and in base64', () => {
    const key = Buffer.alloc(32, 7);
    expect(readConfig({ RONDA_SECRET_KEY: key.toString('hex') }).secretKeys).toEqual([key]);
    expect(readConfig({ RONDA_SECRET_KEY: key.toString('base64') }).secretKeys).toEqual([key]);
  });

  it('takes networks that webhooks may be sent to', () => {
    expect(readConfig({ RONDA_WEBHOOK_NETWORKS: '10.20.0.0/16, fd00::/8' }).webhookNetworks).toEqual([
      '10.20.0.0/16',
      'fd00::/8',
    ]);
  });

  it('takes a folder or a bucket for attachments', () => {
    const place = (env: Record<string, string>) => readConfig({ RONDA_DATA_DIR: '/data', ...env }).files.place;
    expect(place({})).toEqual({ folder: '/data/attachments' });
    expect(place({ RONDA_ATTACHMENTS: '/shared/files' })).toEqual({ folder: '/shared/files' });
    expect(place({ RONDA_ATTACHMENTS: 's3://ours' })).toEqual({ bucket: 'ours', prefix: '', endpoint: undefined });
    expect(place({ RONDA_ATTACHMENTS: 's3://ours/a/b', RONDA_ATTACHMENTS_ENDPOINT: 'https://s3.example.org' })).toEqual(
      { bucket: 'ours', prefix: 'a/b/', endpoint: 'https://s3.example.org' },
    );
  });

  it('drops the slash that ends a public URL', () => {
    expect(readConfig({ PUBLIC_URL: 'https://ronda.example.org/' }).publicUrl).toBe('https://ronda.example.org');
  });

  it.each([
    [{ PORT: '65536' }, /^A setting is wrong: PORT must be a whole number from 0 to 65535 \(got "65536"\)\.$/],
    [{ PORT: '3e3' }, /PORT must be/],
    [{ SECURITY_CONTACT: 'soc@example.org' }, /SECURITY_CONTACT must be a URI such as mailto:/],
    [{ PUBLIC_URL: 'https://example.org/ronda' }, /PUBLIC_URL must be like .* without a path/],
    [{ LOG_LEVEL: 'loud' }, /LOG_LEVEL must be one of fatal, error, warn/],
    [{ RONDA_DEMO: 'perhaps' }, /RONDA_DEMO must be yes or no/],
    [{ RONDA_NODE: 'Bad Name' }, /RONDA_NODE must be/],
    [{ TRUST_PROXY: '10.0.0.0/99' }, /TRUST_PROXY must be off/],
    [{ RONDA_ATTACHMENTS: 's3://Ours' }, /RONDA_ATTACHMENTS must be a folder or s3:/],
    [{ RONDA_ATTACHMENTS_ENDPOINT: 'https://s3.example.org' }, /RONDA_ATTACHMENTS_ENDPOINT is of a bucket/],
    [{ RONDA_ATTACHMENT_LIMIT_MIB: '0' }, /RONDA_ATTACHMENT_LIMIT_MIB must be a whole number/],
    [{ RONDA_WEBHOOK_NETWORKS: '10.0.0.1' }, /RONDA_WEBHOOK_NETWORKS must be networks/],
    [{ RONDA_WEBHOOK_NETWORKS: '10.0.0.0/8,' }, /RONDA_WEBHOOK_NETWORKS must be networks/],
    [{ RONDA_SECRET_KEY: 'c2hvcnQ=' }, /RONDA_SECRET_KEY must be 32 random bytes/],
    [{ DATABASE_POOL_SIZE: '1' }, /DATABASE_POOL_SIZE must be a whole number from 2/],
    [{ RONDA_ROLE: 'http' }, /RONDA_ROLE can only be "all" with the embedded database/],
    [{ DATABASE_URL: EXTERNAL.DATABASE_URL }, /DATABASE_SERVICE_URL is missing/],
    [{ DATABASE_SERVICE_URL: EXTERNAL.DATABASE_SERVICE_URL }, /DATABASE_URL is missing/],
    [{ ...EXTERNAL, DATABASE_URL: 'mysql://owner:pw@db/ronda' }, /DATABASE_URL must look like postgres:/],
  ])('refuses %j', (env, message) => {
    const error = refusal(env);
    expect(error.message).toMatch(message);
    expect(error).toMatchObject({ fault: 'configuration', exitCode: 78 });
  });

  it('tells all faults at once', () => {
    const { message } = refusal({ PORT: 'x', HOST: 'a b', SHUTDOWN_TIMEOUT_SECONDS: '0' });
    expect(message).toMatch(/^3 settings are wrong: HOST .*; PORT .*; SHUTDOWN_TIMEOUT_SECONDS .*\.$/);
  });

  it('repeats no secret', () => {
    const { message } = refusal({
      DATABASE_URL: 'mysql://owner:hunter2@db/ronda',
      DATABASE_SERVICE_URL: 'hunter2',
      RONDA_SECRET_KEY: 'hunter2',
    });
    expect(message).not.toContain('hunter2');
  });
});
