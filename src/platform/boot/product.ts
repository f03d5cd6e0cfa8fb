import type { DynamicModule, INestApplicationContext } from '@nestjs/common';
import type { Chance } from '../../kernel/chance.js';
import type { Clock } from '../../kernel/clock.js';
import type { Region } from '../../kernel/region.js';
import type { PublicSite } from '../config/public-site.token.js';
import type { DatabaseOptions } from '../database/database.module.js';
import type { FileSettings } from '../files/open-file-store.js';
import type { HttpOptions } from '../http/http-options.js';
import type { JobHandlers } from '../jobs/job-handlers.js';
import type { Keyring } from '../secrets/keyring.js';
import type { SealedColumn } from '../secrets/rotate-secrets.js';

/** What the modules are composed with. */
export interface ProductOptions {
  database: DatabaseOptions;
  http: HttpOptions;
  region: Region;
  originNode: string;
  tempDir?: string;
  /** Where attachments lie. */
  files?: FileSettings;
  site: PublicSite;
  keyring: Keyring;
  /** Networks (CIDR) beside the public Internet that webhooks may be sent to. */
  webhooks?: { allowedNetworks: readonly string[] };
  clock?: Clock;
}

/** What a demo region is planted into. */
export interface DemoGround {
  options: ProductOptions;
  migratorUrl: string;
  dataDir: string;
  /** Where the installation will be found. */
  baseUrl: string;
  say(line: string): void;
  /** Aborted when the process was asked to stop. */
  signal: AbortSignal;
}

/** What an operator's command that lets somebody in stands on. */
interface LetInGround {
  migratorUrl: string;
  clock: Clock;
  chance: Chance;
}

/** A one-time link, shown once. */
interface LetInLink {
  organisation: string;
  email: string;
  purpose: 'invitation' | 'password-reset';
  token: string;
  expiresAt: string;
}

/** The parts that the platform starts and may not know: modules, jobs, the demo. Handed in by src/main.ts. */
export interface Product {
  compose(options: ProductOptions): DynamicModule;
  /** What a worker does again and again. */
  jobs(app: INestApplicationContext): JobHandlers;
  /** Makes the secretariat and its first administrator, who gets in by a one-time link; null where there is a region already. */
  foundRegion(
    app: INestApplicationContext,
    admin: { email: string; displayName: string },
  ): Promise<{ token: string; expiresAt: string } | null>;
  /** What the rules of the region file no longer keep: how many of what, and taking it away. */
  retention(app: INestApplicationContext): {
    survey(): Promise<{ kind: string; country: string | null; days: number; count: number; oldest: Date }[]>;
    run(): Promise<{ incident: number; draft: number; comment: number }>;
  };
  /** For whoever holds the migrator's login, where nobody inside can: each throws a StartupError that says why not. */
  letIn: {
    inviteAdmin(
      ground: LetInGround,
      admin: { organisation: string; email: string; displayName: string },
    ): Promise<LetInLink>;
    resetAccess(
      ground: LetInGround,
      account: { email: string; organisation?: string | undefined; clearsSecondFactor: boolean },
    ): Promise<LetInLink>;
    handOverSecretariat(
      ground: LetInGround,
      term: { to: string; until: string },
    ): Promise<{ organisation: string; until: string }>;
  };
  /** Where the modules keep what is sealed under a key outside the database. */
  sealedColumns: readonly SealedColumn[];
  /** Plants the demo region where nothing is yet; does nothing where there is something. */
  plantDemo(ground: DemoGround): Promise<void>;
  /** Says in the demo's file of accounts where the server is found. @returns that file, where there is one. */
  findDemo(dataDir: string, baseUrl: string): string | undefined;
}
