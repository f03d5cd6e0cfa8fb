import type { Server } from '../server.js';

/** One person's place in an exercise: everything said here is said in its space. */
export class Desk {
  constructor(
    private readonly server: Server,
    private readonly exercise: string,
  ) {}

  get<T>(path: string): Promise<T> {
    return this.server.ask<T>(path, { headers: this.headers });
  }

  post<T>(path: string, body?: object): Promise<T> {
    return this.server.ask<T>(path, { method: 'POST', headers: this.headers, ...(body !== undefined && { body }) });
  }

  private get headers(): Record<string, string> {
    return { 'x-ronda-exercise': this.exercise };
  }
}

/** Who does what in a team: some things take a coordinator, and some a second person. */
export interface Crew {
  analyst: Desk;
  coordinator: Desk;
  second: Desk;
}
