// A PostgreSQL of the bench's own, with the product's settings: fsync and all, as in production.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { built } from './built.mjs';
import { seed } from './seed.mjs';
import { makeWorld } from './world.mjs';

/**
 * Starts, migrates and seeds.
 * @param {{incidents: number, keep?: string, more?: {stamp: string, seed: Function}, say: (line: string) => void}} options
 *   `keep`: a folder that is left behind, and used again as it is when it was seeded with as many. `more`: what is seeded
 *   behind the incidents, and what it is told apart by.
 */
export async function startCluster({ incidents, keep, more, say }) {
  const { EmbeddedPostgres } = await built('src/platform/embedded-postgres/index.js');
  const { migrate } = await built('src/platform/database/migrate.js');
  const { loadRegion } = await built('src/platform/config/region-file.js');
  const { PERMISSIONS } = await built('src/policy/permissions.js');
  const { assessSeverity } = await built('src/modules/incidents/incident.content.js');
  const { demoIncidents } = await built('src/demo/content/index.js');
  const folder = keep ? path.resolve(keep) : mkdtempSync(path.join(tmpdir(), 'ronda-bench-'));
  mkdirSync(folder, { recursive: true });
  // As root, PostgreSQL runs as another user and has to get in.
  chmodSync(folder, 0o755);
  const server = await EmbeddedPostgres.start({ dataDir: path.join(folder, 'data'), onProgress: say });
  const stop = async () => {
    await (keep ? server.stop() : server.destroy());
    if (!keep) rmSync(folder, { recursive: true, force: true });
  };
  const superuserUrl = new URL(server.superuserUrl);
  superuserUrl.pathname = new URL(server.serviceUrl).pathname;
  try {
    const stamp = path.join(folder, 'seeded');
    const region = loadRegion();
    const world = makeWorld(region, PERMISSIONS);
    // One that was kept may be of an earlier tree.
    await migrate({ migratorUrl: server.migratorUrl, serviceUrl: server.serviceUrl });
    const seeded = existsSync(stamp) ? readFileSync(stamp, 'utf8') : '';
    const wanted = more ? `${incidents} ${more.stamp}` : String(incidents);
    const began = performance.now();
    if (seeded !== wanted && seeded !== String(incidents)) {
      await seed(superuserUrl.href, world, {
        incidents,
        region,
        demoIncidents,
        assessSeverity,
        onProgress: say,
      });
      writeFileSync(stamp, String(incidents));
    }
    if (seeded !== wanted) {
      await more?.seed(superuserUrl.href, world, { onProgress: say });
      writeFileSync(stamp, wanted);
      say(`Seeded in ${Math.round((performance.now() - began) / 1000)} s`);
    }
    return { folder, world, serviceUrl: server.serviceUrl, superuserUrl: superuserUrl.href, pid: server.pid, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
