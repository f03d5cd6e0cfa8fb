// Migrates a database of a test cluster forward and back, as the product's boot does.
import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { importBuilt } from './test-cluster.mjs';

/** @param {{migratorUrl: string, serviceUrl: string}} urls */
export async function migrateUp(urls) {
  const { migrations } = await importBuilt('migrations/index.js');
  const { migrate } = await importBuilt('src/platform/database/migrate.js');
  await migrate({ migratorUrl: urls.migratorUrl, serviceUrl: urls.serviceUrl, migrations });
}

/** Undoes every migration, newest first. @param {{migratorUrl: string}} urls */
export async function migrateDown(urls) {
  const { migrations } = await importBuilt('migrations/index.js');
  const dataSource = new DataSource({
    type: 'postgres',
    url: urls.migratorUrl,
    migrations,
    migrationsTransactionMode: 'each',
    installExtensions: false,
  });
  await dataSource.initialize();
  try {
    for (const migration of [...dataSource.migrations].reverse()) {
      try {
        await dataSource.undoLastMigration();
      } catch (error) {
        throw new Error(`${migration.name ?? migration.constructor.name} cannot be undone: ${error.message}`, {
          cause: error,
        });
      }
    }
  } finally {
    await dataSource.destroy();
  }
}
