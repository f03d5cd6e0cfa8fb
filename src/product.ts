import { AppModule } from './app.module.js';
import { findAccounts } from './demo/accounts-file.js';
import { DeliverWebhooks, RelayEvents, sealedWebhookSecrets } from './modules/events/index.js';
import { CONDUCT_SECONDS, ConductExercises } from './modules/exercises/index.js';
import {
  FoundRegion,
  RunCommsChecks,
  handOverByOperator,
  inviteAdmin,
  resetAccess,
  sealedSeeds,
} from './modules/identity/index.js';
import { SweepAttachments } from './modules/attachments/index.js';
import { EndAdvisories } from './modules/advisories/index.js';
import { ApplyRetention, EndHolds } from './modules/incidents/index.js';
import { CADENCE_SECONDS, SequenceLedger } from './modules/ledger/index.js';
import { ReindexSearch } from './modules/search/index.js';
import { AdmitDueMembers } from './modules/sharing/index.js';
import type { Product } from './platform/boot/product.js';
import { UnitOfWork } from './platform/database/unit-of-work.js';
import { JobHandlers } from './platform/jobs/job-handlers.js';
import { purgeExpired } from './platform/jobs/purge-expired.js';

/** The product, as the platform starts it. */
export const product: Product = {
  compose: (options) => AppModule.forRoot(options),
  jobs: (app) =>
    new JobHandlers()
      .every('minute', 'end-holds', () => app.get(EndHolds).run())
      .atInstants(
        'end-embargoes',
        () => app.get(EndHolds).untilNextMs(),
        async () => {
          await app.get(EndHolds).run();
          await app.get(EndAdvisories).run();
        },
      )
      .every('minute', 'end-advisories', () => app.get(EndAdvisories).run())
      .every('minute', 'admit-due-members', () => app.get(AdmitDueMembers).run())
      .every('minute', 'comms-checks', () => app.get(RunCommsChecks).run())
      .every('minute', 'reindex-search', () => app.get(ReindexSearch, { strict: false }).run())
      .every('hour', 'retention', () => app.get(ApplyRetention).run())
      // Behind what retention takes away.
      .every('hour', 'sweep-attachments', () => app.get(SweepAttachments).run())
      .everySeconds(CADENCE_SECONDS, 'sequence-ledger', () => app.get(SequenceLedger).run())
      .everySeconds(1, 'relay-events', () => app.get(RelayEvents).run())
      .everySeconds(2, 'deliver-webhooks', (round) => app.get(DeliverWebhooks).begin(round))
      .every('hour', 'purge-events', () => app.get(RelayEvents).purge())
      .everySeconds(CONDUCT_SECONDS, 'conduct-exercises', () => app.get(ConductExercises).run())
      .every('hour', 'purge-expired', () => purgeExpired(app.get(UnitOfWork))),
  foundRegion: (app, admin) => app.get(FoundRegion).run(admin),
  retention: (app) => {
    const retention = app.get(ApplyRetention);
    return { survey: () => retention.survey(), run: () => retention.run(Infinity) };
  },
  letIn: { inviteAdmin, resetAccess, handOverSecretariat: handOverByOperator },
  sealedColumns: [sealedSeeds, ...sealedWebhookSecrets],
  plantDemo: async (ground) => {
    // Its texts are needed once in the life of an installation.
    const { plantDemo } = await import('./demo/plant-demo.js');
    await plantDemo(ground, (options) => AppModule.forRoot(options));
  },
  findDemo: findAccounts,
};
