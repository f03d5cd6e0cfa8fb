// The product as `npm start` composes it, for the processes of the bench. Only the rate limit is out of the way.
import { NestFactory } from '@nestjs/core';
import { built } from './built.mjs';

/** @param {Buffer} secret what the keyring begins with: the processes of one bench share it, or their ledgers part. */
export async function composeProduct({ databaseUrl, poolSize, secret }) {
  const { AppModule } = await built('src/app.module.js');
  const { SystemChance } = await built('src/kernel/chance.js');
  const { loadRegion } = await built('src/platform/config/region-file.js');
  const { configureHttp, createHttpAdapter } = await built('src/platform/http/configure-http.js');
  const { Keyring } = await built('src/platform/secrets/keyring.js');
  const { createLogger, NestLogger } = await built('src/platform/http/request-log.logger.js');
  // One JSON line a request, to standard output, which servers.mjs sends to a file.
  const log = createLogger({ level: 'info' });
  const module = AppModule.forRoot({
    database: { url: databaseUrl, poolSize },
    http: { rateLimitPerMinute: 1e9, loginLimitPerMinute: 1e9 },
    region: loadRegion(),
    originNode: 'bench',
    keyring: new Keyring([secret]),
  });
  const app = await NestFactory.create(module, createHttpAdapter({ trustProxy: false, chance: new SystemChance() }), {
    logger: new NestLogger(log),
    abortOnError: false,
  });
  configureHttp(app, { log });
  return app;
}
