import type { DynamicModule, INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { DemoGround, ProductOptions } from '../platform/boot/product.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { FoundGroup } from '../modules/sharing/index.js';
import { writeAccounts } from './accounts-file.js';
import { Acting } from './acting.js';
import { demoAdvisories, demoGroups, demoIncidents, demoRequests } from './content/index.js';
import { DemoClock } from './demo-clock.js';
import { PlantingGround } from './ground.js';
import { AdvisoryPlanter } from './plant-advisories.js';
import { DirectoryPlanter } from './plant-directory.js';
import { IncidentPlanter } from './plant-incidents.js';
import { RegionPlanter } from './plant-region.js';
import type { PlantedRegion } from './plant-region.js';
import { RequestPlanter } from './plant-requests.js';

const INCIDENTS = 300;
/** The same region everywhere but for its secrets and ids. */
const SEED = 2026;
/** More than the processors of a small machine, so that they are busy while the disk is. */
const AT_ONCE = 8;
const PROGRESS_EVERY = 100;

const DAY_MS = 24 * 60 * 60 * 1000;
const DIRECTORY_DAYS_AGO = 135;
const GROUPS_DAYS_AGO = 130;

/**
 * Plants the demo region where nothing is yet. Half a demo, which a crash left behind, is taken away and begun anew.
 * @param compose makes the modules; they are wired here for themselves, with a clock that can be set back and without
 *   waiting for the disk, and are gone before the product's own begin.
 */
export async function plantDemo(
  ground: DemoGround,
  compose: (options: ProductOptions) => DynamicModule,
): Promise<void> {
  const soil = await PlantingGround.enter(ground.migratorUrl);
  try {
    const found = await soil.look();
    if (found === 'taken') return;
    if (found === 'half-planted') {
      ground.say('The demo region was left unfinished: beginning it anew');
      await soil.clear();
    }
    const beganMs = performance.now();
    await soil.mark();
    await inQuickApp(ground, compose, (app, clock) => plantAll(ground, app, clock));
    await soil.finish();
    ground.say(`The demo region is planted (${((performance.now() - beganMs) / 1000).toFixed(2)} s)`);
  } finally {
    await soil.leave();
  }
}

async function plantAll(ground: DemoGround, app: INestApplicationContext, clock: DemoClock): Promise<void> {
  const { region } = ground.options;
  const acting = new Acting(app.get(UnitOfWork), clock);
  const now = clock.now();
  ground.say(`Planting the demo region (the first start only): ${region.shortName}'s CERTs and their people`);
  const planted = await new RegionPlanter(app, acting, clock, region).plant(AT_ONCE);
  ground.signal.throwIfAborted();
  await new DirectoryPlanter(app, acting, region).plant(planted, daysBefore(now, DIRECTORY_DAYS_AGO), AT_ONCE);
  const groups = await foundGroups(app.get(FoundGroup), {
    acting,
    planted,
    at: daysBefore(now, GROUPS_DAYS_AGO),
    ground,
  });
  await new IncidentPlanter(app, acting, { region: planted, groups }).plant(
    demoIncidents(region, { now, seed: SEED, count: INCIDENTS }),
    {
      now,
      atOnce: AT_ONCE,
      signal: ground.signal,
      onPlanted: (count) => {
        if (count % PROGRESS_EVERY === 0) ground.say(`${count} of ${INCIDENTS} incidents of the demo are filed`);
      },
    },
  );
  await new RequestPlanter(app, acting, { region: planted, groups, now }).plant(
    demoRequests(region, demoGroups(region)),
    AT_ONCE,
  );
  await new AdvisoryPlanter(app, acting, { region: planted, now }).plant(
    demoAdvisories([...planted.members.keys()]),
    AT_ONCE,
  );
  writeAccounts(ground.dataDir, { baseUrl: ground.baseUrl, accounts: planted.accounts });
}

/** @returns ids by name. */
async function foundGroups(
  found: FoundGroup,
  { acting, planted, at, ground }: { acting: Acting; planted: PlantedRegion; at: Date; ground: DemoGround },
): Promise<Map<string, string>> {
  const groups = new Map<string, string>();
  for (const { name, purpose, members } of demoGroups(ground.options.region)) {
    const founding = members.flatMap((code) => planted.members.get(code) ?? []);
    const founder = founding[0]?.coordinators[0];
    if (!founder) throw new Error(`The demo's group ${name} has nobody to found it`);
    const ids = founding.map(({ organisation }) => organisation.id);
    groups.set(name, await acting.as(founder, at, (actor) => found.run(actor, { name, purpose, members: ids })));
  }
  return groups;
}

async function inQuickApp(
  { options }: DemoGround,
  compose: (options: ProductOptions) => DynamicModule,
  work: (app: INestApplicationContext, clock: DemoClock) => Promise<void>,
): Promise<void> {
  const clock = new DemoClock();
  const url = new URL(options.database.url);
  // The last word of planting waits for the disk, and with it all before. Planning once is the product's own setting.
  url.searchParams.set('options', '-c synchronous_commit=off -c plan_cache_mode=force_generic_plan');
  const database = { url: url.href, poolSize: AT_ONCE };
  const app = await NestFactory.createApplicationContext(compose({ ...options, database, clock }), {
    logger: ['error', 'fatal'],
    abortOnError: false,
  });
  try {
    await work(app, clock);
  } finally {
    await app.close();
  }
}

const daysBefore = (now: Date, days: number): Date => new Date(now.getTime() - days * DAY_MS);
