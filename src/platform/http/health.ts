import { Injectable } from '@nestjs/common';
import type { OnModuleDestroy } from '@nestjs/common';

/**
 * Whether the process is on its way out: it finishes what runs, sends idle callers elsewhere, and is not ready for more.
 * Begins by itself with `app.close()`; earlier when a load balancer should see it first.
 */
@Injectable()
export class Draining implements OnModuleDestroy {
  hasBegun = false;

  begin(): void {
    this.hasBegun = true;
  }

  onModuleDestroy(): void {
    this.begin();
  }
}
