import { Foundation1763700000001 } from './1763700000001-foundation.js';
import { Identity1763700000002 } from './1763700000002-identity.js';
import { Sharing1763700000003 } from './1763700000003-sharing.js';
import { Incidents1763700000004 } from './1763700000004-incidents.js';
import { Exchange1763700000005 } from './1763700000005-exchange.js';
import { Search1763700000006 } from './1763700000006-search.js';
import { Operations1763700000007 } from './1763700000007-operations.js';
import { Imports1763700000008 } from './1763700000008-imports.js';
import { Ledger1763700000009 } from './1763700000009-ledger.js';
import { Embargo1763700000010 } from './1763700000010-embargo.js';
import { Requests1763700000011 } from './1763700000011-requests.js';
import { Retention1763700000012 } from './1763700000012-retention.js';
import { Receipts1763700000013 } from './1763700000013-receipts.js';
import { Anonymity1763700000014 } from './1763700000014-anonymity.js';
import { PassingOn1763700000015 } from './1763700000015-passing-on.js';
import { Observables1763700000016 } from './1763700000016-observables.js';
import { ExchangeObjects1763700000017 } from './1763700000017-exchange-objects.js';
import { Events1763700000018 } from './1763700000018-events.js';
import { Advisories1763700000019 } from './1763700000019-advisories.js';
import { Misp1763700000020 } from './1763700000020-misp.js';
import { Exercises1763700000021 } from './1763700000021-exercises.js';
import { Csaf1763700000022 } from './1763700000022-csaf.js';
import { Attachments1763700000024 } from './1763700000024-attachments.js';
import { Replays1763700000025 } from './1763700000025-replays.js';
import { SpaceNumbers1763700000028 } from './1763700000028-space-numbers.js';
import { QueueAndReceived1763700000029 } from './1763700000029-queue-and-received.js';
import { AdvisoryEntries1763700000030 } from './1763700000030-advisory-entries.js';
import { ExerciseStreams1763700000031 } from './1763700000031-exercise-streams.js';
import { CollectedObjects1763700000032 } from './1763700000032-collected-objects.js';
import { KeptPlans1763700000033 } from './1763700000033-kept-plans.js';
import { RedDrafts1763700000034 } from './1763700000034-red-drafts.js';
import { LocalControllers1763700000035 } from './1763700000035-local-controllers.js';
import { ReviewQueue1763700000036 } from './1763700000036-review-queue.js';
import { ExerciseAddresses1763700000037 } from './1763700000037-exercise-addresses.js';
import { ExerciseAudiences1763700000038 } from './1763700000038-exercise-audiences.js';
import { StaffWhoPlay1763700000039 } from './1763700000039-staff-who-play.js';
import { ExerciseCatchingUp1763700000040 } from './1763700000040-exercise-catching-up.js';
import { OrganisationEyes1763700000043 } from './1763700000043-organisation-eyes.js';
import { AnsweredChecks1763700000044 } from './1763700000044-answered-checks.js';
import { UnmarkedAdvisories1763700000045 } from './1763700000045-unmarked-advisories.js';
import { AdvisoryWords1763700000046 } from './1763700000046-advisory-words.js';
import { AdvisoryEvents1763700000047 } from './1763700000047-advisory-events.js';
import { EndsOfInterims1763700000048 } from './1763700000048-ends-of-interims.js';

/** Every migration of this build, oldest first. A database that knows others is newer than this build. */
export const migrations = [
  Foundation1763700000001,
  Identity1763700000002,
  Sharing1763700000003,
  Incidents1763700000004,
  Exchange1763700000005,
  Search1763700000006,
  Operations1763700000007,
  Imports1763700000008,
  Ledger1763700000009,
  Embargo1763700000010,
  Requests1763700000011,
  Retention1763700000012,
  Receipts1763700000013,
  Anonymity1763700000014,
  PassingOn1763700000015,
  Observables1763700000016,
  ExchangeObjects1763700000017,
  Events1763700000018,
  Advisories1763700000019,
  Misp1763700000020,
  Exercises1763700000021,
  Csaf1763700000022,
  Attachments1763700000024,
  Replays1763700000025,
  SpaceNumbers1763700000028,
  QueueAndReceived1763700000029,
  AdvisoryEntries1763700000030,
  ExerciseStreams1763700000031,
  CollectedObjects1763700000032,
  KeptPlans1763700000033,
  RedDrafts1763700000034,
  LocalControllers1763700000035,
  ReviewQueue1763700000036,
  ExerciseAddresses1763700000037,
  ExerciseAudiences1763700000038,
  StaffWhoPlay1763700000039,
  ExerciseCatchingUp1763700000040,
  OrganisationEyes1763700000043,
  AnsweredChecks1763700000044,
  UnmarkedAdvisories1763700000045,
  AdvisoryWords1763700000046,
  AdvisoryEvents1763700000047,
  EndsOfInterims1763700000048,
];
