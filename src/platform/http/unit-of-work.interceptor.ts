import { Injectable } from '@nestjs/common';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { from, lastValueFrom } from 'rxjs';
import type { Observable } from 'rxjs';
import { UnitOfWork, isReaderChanged } from '../database/unit-of-work.js';
import type { Mode, Reader } from '../database/unit-of-work.js';
import { AccessGuard } from './access.guard.js';
import { ACCESS } from './access.js';
import type { Access } from './access.js';
import { EnterSpace } from './enter-space.js';
import { requestOf } from './request.js';
import type { RondaRequest } from './request.js';

/** Puts every route into one unit of work, as its caller. No transaction begins before the first query. */
@Injectable()
export class UnitOfWorkInterceptor implements NestInterceptor {
  constructor(
    private readonly work: UnitOfWork,
    private readonly reflector: Reflector,
    private readonly guard: AccessGuard,
    private readonly spaces: EnterSpace,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = requestOf(context);
    const access = this.reflector.get<Access | undefined>(ACCESS, context.getHandler());
    const mode: Mode = access?.mode ?? (request.method === 'GET' || request.method === 'HEAD' ? 'read' : 'write');
    const run = async (): Promise<unknown> => {
      const reader = readerOf(request);
      const space = await this.spaces.of(reader, request, access, mode);
      return this.work.run(reader, space, mode, () => lastValueFrom(next.handle(), { defaultValue: undefined }));
    };
    return from(this.attempt(context, run));
  }

  private async attempt(context: ExecutionContext, run: () => Promise<unknown>): Promise<unknown> {
    try {
      return await run();
    } catch (error) {
      if (!isReaderChanged(error)) throw error;
      // The caller is no longer who it was assumed to be, and nothing has been read or written for it. Once more, from the door on.
      await this.guard.doubt(context);
      return run();
    }
  }
}

const readerOf = ({ user }: RondaRequest): Reader =>
  user ? { tokenHash: user.tokenHash, assumed: user.assumed } : 'nobody';
