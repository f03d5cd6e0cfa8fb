import { setTimeout as delay } from 'node:timers/promises';
import type { DynamicModule, INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import { SystemChance } from '../../kernel/chance.js';
import type { Config } from '../config/config.js';
import { configureHttp, createHttpAdapter } from '../http/configure-http.js';
import { Draining } from '../http/health.js';
import { NestLogger } from '../http/request-log.logger.js';
import { cannotListen, urlOf } from './listening.js';

const CLOSE_TIMEOUT_MS = 5_000;

/** The modules, wired, with a door to the network unless this is a worker. */
export class RunningApp {
  private constructor(
    readonly context: INestApplicationContext,
    private readonly server: NestFastifyApplication | undefined,
    private readonly config: Config,
  ) {}

  static async create(module: DynamicModule, config: Config, log: Logger): Promise<RunningApp> {
    const options = { logger: new NestLogger(withoutWiring(log)), abortOnError: false };
    if (config.role === 'worker') {
      const worker = await NestFactory.createApplicationContext(module, options);
      worker.useLogger(new NestLogger(log));
      return new RunningApp(worker, undefined, config);
    }
    const adapter = createHttpAdapter({ trustProxy: config.trustProxy, chance: new SystemChance() });
    const server = await NestFactory.create<NestFastifyApplication>(module, adapter, options);
    configureHttp(server, { log });
    await server.init();
    server.useLogger(new NestLogger(log));
    return new RunningApp(server, server, config);
  }

  /** @returns the port; undefined where this is a worker, which has none. */
  async listen(): Promise<string | undefined> {
    if (!this.server) return undefined;
    const { host, port } = this.config;
    try {
      await this.server.listen(port, host);
    } catch (error) {
      throw cannotListen(error, { host, port });
    }
    const bound = this.server.getHttpServer().address() as { port: number };
    return urlOf({ host, port: bound.port });
  }

  /** Takes no more requests and answers those under way; breaks off what takes longer than the settings allow. */
  async drain(): Promise<void> {
    if (!this.server) return;
    this.server.get(Draining).begin();
    const server = this.server.getHttpServer();
    const late = setTimeout(() => {
      server.closeAllConnections();
    }, this.config.shutdownTimeoutSeconds * 1000);
    await this.server.getHttpAdapter().close();
    clearTimeout(late);
  }

  /** Ends the modules and their connections. A query that never ends is left to the server to end. */
  async close(): Promise<void> {
    await Promise.race([this.context.close(), delay(CLOSE_TIMEOUT_MS, undefined, { ref: false })]);
  }
}

/** Nest tells at level info of each module and route that it wires: a hundred lines that only a debugger reads. */
function withoutWiring(log: Logger): Logger {
  const isPlain = log.isLevelEnabled('info') && !log.isLevelEnabled('debug');
  return isPlain ? log.child({}, { level: 'warn' }) : log;
}
