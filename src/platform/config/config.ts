import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { parseUrl } from '../../kernel/parse-url.js';
import { DEFAULT_FILE_LIMIT_BYTES } from '../files/open-file-store.js';
import type { FilePlace, FileSettings } from '../files/open-file-store.js';
import { codeOf, StartupError } from './startup-error.js';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const PROCESS_ROLES = ['all', 'http', 'worker'] as const;
/** Which of the two processes this one is; `all` is both in one. */
export type ProcessRole = (typeof PROCESS_ROLES)[number];

export type DatabaseConfig =
  | { readonly kind: 'embedded' }
  | { readonly kind: 'external'; readonly migratorUrl: string; readonly serviceUrl: string };

export interface Config {
  readonly host: string;
  /** 0 = any free port. */
  readonly port: number;
  /** Origin under which others reach this server, without a trailing slash. Undefined = where it listens. */
  readonly publicUrl: string | undefined;
  /** URI for whoever finds a weakness of this installation: its security.txt. Without one there is none. */
  readonly securityContact: string | undefined;
  /** Absolute. */
  readonly dataDir: string;
  readonly database: DatabaseConfig;
  readonly databasePoolSize: number;
  readonly demo: boolean;
  /** Absolute; undefined = the region that comes with Ronda. */
  readonly regionFile: string | undefined;
  /** Name of this node, written on every record it creates. */
  readonly originNode: string;
  readonly logLevel: LogLevel;
  /** Requests a key may make in a minute. */
  readonly rateLimitPerMinute: number;
  /** Sign-in attempts a source address may make in a minute. */
  readonly loginLimitPerMinute: number;
  /** False, the number of proxies in front, or their addresses: what Fastify's `trustProxy` takes. */
  readonly trustProxy: false | number | string[];
  /** Bearer token for /metrics. */
  readonly metricsToken: string | undefined;
  readonly role: ProcessRole;
  /** How long a shutdown waits for requests and jobs under way. */
  readonly shutdownTimeoutSeconds: number;
  /** Networks (CIDR) beside the public Internet that webhooks may be sent to, also without TLS. */
  readonly webhookNetworks: readonly string[];
  /** Where attachments lie, and how large one may be. */
  readonly files: FileSettings;
  /** 32 bytes each, the one to rotate to first; none = the one kept in the data folder. */
  readonly secretKeys: readonly Buffer[];
}

/**
 * Two connections for each core, and never fewer than four. No unit of work waits for anything but the database, so more
 * only take turns, each with caches of its own to warm: with ten on two cores a read took a quarter longer (bench/README.md).
 */
const defaultPoolSize = (): number => Math.max(4, 2 * availableParallelism());

/**
 * Reads the settings, once, from the environment; those that are secret also from the file that `NAME_FILE` names, as
 * container engines hand them over. A variable set to nothing counts as not set, as compose files write it.
 * @throws StartupError `configuration` with every fault, each by the name of its variable. Values of secrets are not repeated.
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const read = new SettingsReader(env);
  const database = readDatabase(read);
  const isEmbedded = database.kind === 'embedded';
  const dataDir = resolve(read.text('RONDA_DATA_DIR', '.ronda'));
  const config: Config = {
    host: read.text('HOST', '127.0.0.1', (host) =>
      /^[\w.:-]+$/.test(host) ? undefined : 'must be a host name or an IP address',
    ),
    port: read.wholeNumber('PORT', 3000, { from: 0, to: 65_535 }),
    publicUrl: readPublicUrl(read),
    securityContact: readSecurityContact(read),
    dataDir,
    database,
    databasePoolSize: read.wholeNumber('DATABASE_POOL_SIZE', defaultPoolSize(), { from: 2, to: 1000 }),
    demo: read.yesOrNo('RONDA_DEMO', isEmbedded),
    regionFile: read.optional('RONDA_REGION_FILE', (path) => resolve(path)),
    originNode: read.text('RONDA_NODE', 'local', (name) =>
      /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(name)
        ? undefined
        : 'must be 1 to 63 small letters, digits and hyphens, beginning and ending with a letter or digit',
    ),
    logLevel: read.oneOf('LOG_LEVEL', LOG_LEVELS, isEmbedded ? 'warn' : 'info'),
    rateLimitPerMinute: read.wholeNumber('RATE_LIMIT_PER_MINUTE', 60_000, { from: 1, to: 1_000_000_000 }),
    loginLimitPerMinute: read.wholeNumber('LOGIN_LIMIT_PER_MINUTE', 300, { from: 1, to: 1_000_000_000 }),
    trustProxy: readTrustProxy(read),
    metricsToken: read.secret('METRICS_TOKEN', (token) => token),
    role: read.oneOf('RONDA_ROLE', PROCESS_ROLES, 'all'),
    shutdownTimeoutSeconds: read.wholeNumber('SHUTDOWN_TIMEOUT_SECONDS', 20, { from: 1, to: 3600 }),
    webhookNetworks: readWebhookNetworks(read),
    files: {
      place: readFilePlace(read, dataDir),
      limitBytes:
        read.wholeNumber('RONDA_ATTACHMENT_LIMIT_MIB', DEFAULT_FILE_LIMIT_BYTES / MIB, { from: 1, to: 5_000 }) * MIB,
    },
    secretKeys: readSecretKeys(read),
  };
  if (isEmbedded && config.role !== 'all') {
    read.fault(
      'RONDA_ROLE',
      'can only be "all" with the embedded database: give DATABASE_URL and DATABASE_SERVICE_URL',
    );
  }
  read.throwFaults();
  return config;
}

function readDatabase(read: SettingsReader): DatabaseConfig {
  const migratorUrl = readDatabaseUrl(read, 'DATABASE_URL');
  const serviceUrl = readDatabaseUrl(read, 'DATABASE_SERVICE_URL');
  if (migratorUrl !== undefined && serviceUrl !== undefined) return { kind: 'external', migratorUrl, serviceUrl };
  if (migratorUrl !== undefined) {
    read.fault(
      'DATABASE_SERVICE_URL',
      'is missing: DATABASE_URL is for migrations only, requests run as a second role',
    );
  } else if (serviceUrl !== undefined) {
    read.fault(
      'DATABASE_URL',
      'is missing: DATABASE_SERVICE_URL may not change the schema, migrations run as a second role',
    );
  }
  return { kind: 'embedded' };
}

function readDatabaseUrl(read: SettingsReader, name: string): string | undefined {
  return read.secret(name, (value) => {
    const url = parseUrl(value);
    const isPostgres = url?.protocol === 'postgres:' || url?.protocol === 'postgresql:';
    if (!isPostgres) read.fault(name, 'must look like postgres://role:password@host:5432/database');
    return value;
  });
}

function readPublicUrl(read: SettingsReader): string | undefined {
  return read.optional('PUBLIC_URL', (value) => {
    const url = parseUrl(value);
    const isOrigin =
      (url?.protocol === 'https:' || url?.protocol === 'http:') &&
      `${url.pathname}${url.search}${url.hash}${url.username}` === '/';
    if (!isOrigin) read.fault('PUBLIC_URL', `must be like https://ronda.example.org, without a path (got "${value}")`);
    return url?.origin;
  });
}

/** What a security.txt has to say first. @see RFC 9116 §2.5.3 */
function readSecurityContact(read: SettingsReader): string | undefined {
  return read.optional('SECURITY_CONTACT', (value) => {
    if (!/^(?:mailto:|tel:|https:\/\/)[\x21-\x7e]+$/.test(value))
      read.fault('SECURITY_CONTACT', `must be a URI such as mailto:soc@example.org (got "${value}")`);
    return value;
  });
}

/**
 * Who may say with X-Forwarded-For where a request comes from. There is no "everybody": a caller could then choose its
 * own address and so escape the limit on sign-ins.
 */
function readTrustProxy(read: SettingsReader): Config['trustProxy'] {
  const value = read.optional('TRUST_PROXY', (text) => text.toLowerCase());
  if (value === undefined || /^(?:no|off|false|0)$/.test(value)) return false;
  if (/^(?:yes|on|true)$/.test(value)) return 1;
  if (/^\d{1,2}$/.test(value)) return Number(value);
  const addresses = value.split(',').map((address) => address.trim());
  if (!addresses.every(isAddressOrNetwork)) {
    read.fault('TRUST_PROXY', `must be off, the number of proxies in front, or their addresses (got "${value}")`);
  }
  return addresses;
}

function isAddressOrNetwork(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128));
}

/** None by default: whoever chooses the address of a webhook would reach what only this server does. */
function readWebhookNetworks(read: SettingsReader): string[] {
  const networks = read.optional('RONDA_WEBHOOK_NETWORKS', (text) => text.split(',').map((each) => each.trim())) ?? [];
  if (!networks.every((network) => network.includes('/') && isAddressOrNetwork(network)))
    read.fault('RONDA_WEBHOOK_NETWORKS', 'must be networks such as 10.20.0.0/16, separated by commas');
  return networks;
}

const MIB = 1024 * 1024;

/** A folder, or `s3://bucket/prefix`; whoever may use the bucket, the environment says as for every client of S3. */
function readFilePlace(read: SettingsReader, dataDir: string): FilePlace {
  const place = read.optional('RONDA_ATTACHMENTS', (text) => text);
  const endpoint = read.optional('RONDA_ATTACHMENTS_ENDPOINT', (text) => text);
  if (!place?.startsWith('s3:')) {
    if (endpoint !== undefined)
      read.fault('RONDA_ATTACHMENTS_ENDPOINT', 'is of a bucket: RONDA_ATTACHMENTS names none');
    return { folder: place === undefined ? join(dataDir, 'attachments') : resolve(place) };
  }
  const [, bucket, path = ''] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/([\w./-]*))?$/.exec(place) ?? [];
  if (bucket === undefined) read.fault('RONDA_ATTACHMENTS', `must be a folder or s3://bucket/prefix (got "${place}")`);
  if (endpoint !== undefined && !/^https?:$/.test(parseUrl(endpoint)?.protocol ?? ''))
    read.fault('RONDA_ATTACHMENTS_ENDPOINT', `must be like https://s3.example.org (got "${endpoint}")`);
  return { bucket: bucket ?? '', prefix: path === '' || path.endsWith('/') ? path : `${path}/`, endpoint };
}

/** `RONDA_SECRET_KEYS`, several; or `RONDA_SECRET_KEY`, one. */
function readSecretKeys(read: SettingsReader): Buffer[] {
  const several = read.secret('RONDA_SECRET_KEYS', (text) => text.split(/[\s,]+/).filter((key) => key !== ''));
  const one = read.secret('RONDA_SECRET_KEY', (text) => [text]);
  if (several && one) read.fault('RONDA_SECRET_KEY', 'and RONDA_SECRET_KEYS are both there: give one of them');
  const name = several ? 'RONDA_SECRET_KEYS' : 'RONDA_SECRET_KEY';
  return (several ?? one ?? []).map((text) => {
    const key = /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text, 'base64');
    if (key.length !== 32) {
      read.fault(name, 'must be 32 random bytes in base64 or hex, as `openssl rand -base64 32` prints them');
    }
    return key;
  });
}

/** Reads variables and gathers what is wrong with them. After a fault the value returned is only a stand-in. */
class SettingsReader {
  private readonly faults: string[] = [];

  constructor(private readonly env: Readonly<Record<string, string | undefined>>) {}

  fault(name: string, what: string): void {
    this.faults.push(`${name} ${what}`);
  }

  optional<T>(name: string, parse: (text: string) => T): T | undefined {
    const text = this.env[name]?.trim();
    return text ? parse(text) : undefined;
  }

  /** From the variable, or from the file that the one with _FILE behind its name names. */
  secret<T>(name: string, parse: (text: string) => T): T | undefined {
    const path = this.env[`${name}_FILE`]?.trim();
    if (!path) return this.optional(name, parse);
    if (this.env[name]?.trim()) {
      this.fault(name, `and ${name}_FILE are both there: give one of them`);
      return undefined;
    }
    try {
      const text = readFileSync(path, 'utf8').trim();
      if (text) return parse(text);
      this.fault(`${name}_FILE`, `names a file with nothing in it (${path})`);
    } catch (error) {
      this.fault(`${name}_FILE`, `names a file that cannot be read (${path}: ${codeOf(error) ?? 'unknown reason'})`);
    }
    return undefined;
  }

  text(name: string, preset: string, faultIn: (text: string) => string | undefined = () => undefined): string {
    const text = this.optional(name, (value) => value) ?? preset;
    const what = faultIn(text);
    if (what !== undefined) this.fault(name, `${what} (got "${text}")`);
    return text;
  }

  wholeNumber(name: string, preset: number, range: { from: number; to: number }): number {
    return (
      this.optional(name, (text) => {
        const number = /^\d{1,12}$/.test(text) ? Number(text) : NaN;
        if (number >= range.from && number <= range.to) return number;
        this.fault(name, `must be a whole number from ${range.from} to ${range.to} (got "${text}")`);
        return preset;
      }) ?? preset
    );
  }

  yesOrNo(name: string, preset: boolean): boolean {
    return (
      this.optional(name, (text) => {
        if (/^(?:yes|true|on|1)$/i.test(text)) return true;
        if (!/^(?:no|false|off|0)$/i.test(text)) this.fault(name, `must be yes or no (got "${text}")`);
        return false;
      }) ?? preset
    );
  }

  oneOf<T extends string>(name: string, values: readonly T[], preset: T): T {
    return (
      this.optional(name, (text) => {
        const found = values.find((value) => value === text.toLowerCase());
        if (found === undefined) this.fault(name, `must be one of ${values.join(', ')} (got "${text}")`);
        return found;
      }) ?? preset
    );
  }

  throwFaults(): void {
    const [first, ...others] = this.faults;
    if (first === undefined) return;
    throw new StartupError(
      'configuration',
      others.length === 0
        ? `A setting is wrong: ${first}.`
        : `${this.faults.length} settings are wrong: ${this.faults.join('; ')}.`,
    );
  }
}
