// The product, as `npm start` runs it: its modules, its guards, its log. Only the rate limit is out of the way.
import { randomBytes } from 'node:crypto';
import { NestFactory } from '@nestjs/core';
import { built } from './built.mjs';
import { takeProfiles } from './profile.mjs';

const { databaseUrl, poolSize } = JSON.parse(process.env.RONDA_BENCH_SERVER);
const { AppModule } = await built('src/app.module.js');
const { SystemChance } = await built('src/kernel/chance.js');
const { loadRegion } = await built('src/platform/config/region-file.js');
const { configureHttp, createHttpAdapter } = await built('src/platform/http/configure-http.js');
const { Keyring } = await built('src/platform/secrets/keyring.js');
const { createLogger, NestLogger } = await built('src/platform/http/request-log.logger.js');

// One JSON line a request, to standard output, which run.mjs sends to a file.
const log = createLogger({ level: 'info' });
const module = AppModule.forRoot({
  database: { url: databaseUrl, poolSize },
  http: { rateLimitPerMinute: 1e9, loginLimitPerMinute: 1e9 },
  region: loadRegion(),
  originNode: 'bench',
  keyring: new Keyring([randomBytes(32)]),
});
const app = await NestFactory.create(module, createHttpAdapter({ trustProxy: false, chance: new SystemChance() }), {
  logger: new NestLogger(log),
  abortOnError: false,
});
configureHttp(app, { log });
await app.listen(0, '127.0.0.1');
const end = async () => {
  await app.close();
  process.exit();
};
takeProfiles();
process.on('disconnect', end);
process.on('SIGTERM', end);
process.send({ port: app.getHttpServer().address().port });
