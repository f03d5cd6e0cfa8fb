import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';
import { SystemChance } from './kernel/chance.js';
import { loadRegion } from './platform/config/region-file.js';
import { createHttpAdapter } from './platform/http/configure-http.js';
import { faultsInDocument } from './platform/http/openapi.check.js';
import { buildOpenApi } from './platform/http/openapi.js';
import { faultsInNames } from './platform/http/openapi.names.js';
import type { DtoFile } from './platform/http/openapi.names.js';
import { Keyring } from './platform/secrets/keyring.js';

// `node dist/src/openapi.js [file]` writes the OpenAPI document. In preview nothing is constructed, so nothing is
// connected to either, and what the options below name need not exist.
const product = AppModule.forRoot({
  database: { url: 'postgres://nobody@localhost/nothing', poolSize: 1 },
  http: { rateLimitPerMinute: 1, loginLimitPerMinute: 1 },
  region: loadRegion(),
  originNode: 'local',
  keyring: new Keyring([Buffer.alloc(32)]),
});
const app = await NestFactory.create<NestFastifyApplication>(
  product,
  createHttpAdapter({ trustProxy: false, chance: new SystemChance() }),
  { preview: true, logger: false, abortOnError: false },
);
const document = buildOpenApi(app);
const text = `${JSON.stringify(document, null, 2)}\n`;
const [file] = process.argv.slice(2);
if (file === undefined) process.stdout.write(text);
else writeFileSync(file, text);

const dtos = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.dto.js'))
  .sort();
const files = await Promise.all(
  dtos.map(async (file): Promise<DtoFile> => ({
    file,
    exports: (await import(pathToFileURL(path.join(import.meta.dirname, file)).href)) as Record<string, unknown>,
  })),
);
const faults = [...faultsInDocument(document), ...faultsInNames(files)];
for (const fault of faults) console.error(fault);
process.exitCode = faults.length > 0 ? 1 : 0;
