import { Logger } from '@nestjs/common';
import pg from 'pg';
import type { DataSource } from 'typeorm';

/**
 * Hears a channel of the database over a connection of its own, however many wait for it. Where that is lost it is made
 * again when somebody asks for it: whoever listens looks by itself from time to time.
 */
export class NotificationListener {
  private readonly log = new Logger(NotificationListener.name);
  private connection: Promise<pg.Client | null> | null = null;
  private isStopped = false;

  /** @param channel an identifier as SQL has it. */
  constructor(
    private readonly dataSource: DataSource,
    private readonly channel: string,
    private readonly hear: (payload: string) => void,
  ) {}

  /** Listens from here on, unless the database cannot be reached or this was ended. */
  async listen(): Promise<void> {
    if (this.isStopped) return;
    this.connection ??= this.connect();
    if ((await this.connection) === null) this.connection = null;
  }

  async end(): Promise<void> {
    this.isStopped = true;
    const client = await this.connection;
    this.connection = null;
    await client?.end().catch(() => undefined);
  }

  private async connect(): Promise<pg.Client | null> {
    const { url } = this.dataSource.options as { url: string };
    const client = new pg.Client({ connectionString: url, application_name: this.channel.replaceAll('_', '-') });
    client.on('error', () => {
      this.connection = null;
    });
    client.on('notification', ({ payload = '' }) => this.hear(payload));
    try {
      await client.connect();
      await client.query(`listen ${client.escapeIdentifier(this.channel)}`);
      return client;
    } catch (error) {
      this.log.warn(`this node does not hear ${this.channel} until it tries again: ${String(error)}`);
      await client.end().catch(() => undefined);
      return null;
    }
  }
}
