import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Global, Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { Chance, SystemChance } from './kernel/chance.js';
import { Clock, SystemClock } from './kernel/clock.js';
import type { Region } from './kernel/region.js';
import { DEFAULT_WEBHOOK_OPTIONS, EventsModule, WEBHOOK_OPTIONS } from './modules/events/index.js';
import type { WebhookOptions } from './modules/events/index.js';
import { AdvisoriesModule } from './modules/advisories/index.js';
import { AttachmentsModule } from './modules/attachments/index.js';
import { ExchangeModule } from './modules/exchange/index.js';
import { ExercisesModule } from './modules/exercises/index.js';
import { IdentityModule } from './modules/identity/index.js';
import { IncidentsModule } from './modules/incidents/index.js';
import { LedgerModule } from './modules/ledger/index.js';
import { ObservablesModule } from './modules/observables/index.js';
import { RequestsModule } from './modules/requests/index.js';
import { SharingModule } from './modules/sharing/index.js';
import { ORIGIN_NODE } from './platform/config/origin-node.token.js';
import { PUBLIC_SITE } from './platform/config/public-site.token.js';
import type { PublicSite } from './platform/config/public-site.token.js';
import { REGION } from './platform/config/region.token.js';
import { DatabaseModule } from './platform/database/database.module.js';
import { TEMP_DIR } from './platform/config/temp-dir.token.js';
import { FILE_LIMIT } from './platform/files/file-limit.token.js';
import { FileStore } from './platform/files/file-store.js';
import { DEFAULT_FILE_LIMIT_BYTES, openFileStore } from './platform/files/open-file-store.js';
import type { FileSettings } from './platform/files/open-file-store.js';
import type { DatabaseOptions } from './platform/database/database.module.js';
import type { HttpOptions } from './platform/http/http-options.js';
import { HttpModule } from './platform/http/http.module.js';
import { Keyring } from './platform/secrets/keyring.js';
import { SecretBox } from './platform/secrets/secret-box.js';

/** What an instance of the product is made of, beside its code. */
export interface AppOptions {
  database: DatabaseOptions;
  http: HttpOptions;
  region: Region;
  /** Name of this node, written on every record that begins here. */
  originNode: string;
  /** Where what does not fit in memory is laid aside. The system's own folder for such things unless told. */
  tempDir?: string;
  /** Where attachments lie; in the folder for what is laid aside unless told. */
  files?: FileSettings;
  /** Where others find it; an example's unless told. */
  site?: PublicSite;
  /** What second factors are sealed under. */
  keyring: Keyring;
  /** Where webhooks may go; the public Internet alone unless told. */
  webhooks?: Partial<WebhookOptions>;
  /** Tests bring their own. */
  clock?: Clock;
  chance?: Chance;
}

/** Where nothing listens and nobody asks: the OpenAPI document is written by an app that is never reached. */
const EXAMPLE_SITE: PublicSite = { url: 'https://ronda.example', securityContact: undefined };

/** What everything else may ask for. */
@Global()
@Module({})
class KernelModule {
  static forRoot(options: AppOptions): DynamicModule {
    const tempDir = options.tempDir ?? tmpdir();
    const files = options.files ?? {
      place: { folder: join(tempDir, 'ronda-attachments') },
      limitBytes: DEFAULT_FILE_LIMIT_BYTES,
    };
    const providers = [
      { provide: Clock, useValue: options.clock ?? new SystemClock() },
      { provide: Chance, useValue: options.chance ?? new SystemChance() },
      { provide: REGION, useValue: options.region },
      { provide: ORIGIN_NODE, useValue: options.originNode },
      { provide: PUBLIC_SITE, useValue: options.site ?? EXAMPLE_SITE },
      { provide: TEMP_DIR, useValue: tempDir },
      { provide: FileStore, useFactory: () => openFileStore(files.place, tempDir) },
      { provide: FILE_LIMIT, useValue: files.limitBytes },
      { provide: Keyring, useValue: options.keyring },
      { provide: WEBHOOK_OPTIONS, useValue: { ...DEFAULT_WEBHOOK_OPTIONS, ...options.webhooks } },
      SecretBox,
    ];
    return { module: KernelModule, providers, exports: providers };
  }
}

@Module({})
export class AppModule {
  static forRoot(options: AppOptions): DynamicModule {
    return {
      module: AppModule,
      imports: [
        KernelModule.forRoot(options),
        DatabaseModule.forRoot(options.database),
        HttpModule.forRoot(options.http),
        IdentityModule,
        SharingModule,
        IncidentsModule,
        AttachmentsModule,
        ExchangeModule,
        LedgerModule,
        RequestsModule,
        ObservablesModule,
        EventsModule,
        AdvisoriesModule,
        ExercisesModule,
      ],
    };
  }
}
