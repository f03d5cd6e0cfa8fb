import { Injectable } from '@nestjs/common';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { from, lastValueFrom } from 'rxjs';
import type { Observable } from 'rxjs';
import { LIVE, UnitOfWork, isReaderChanged } from '../database/unit-of-work.js';
import type { Mode, Reader } from '../database/unit-of-work.js';
import { AccessGuard } from './access.guard.js';
import { ACCESS } from './access.js';
import type { Access } from './access.js';
import { requestOf } from './request.js';
import type { RondaRequest } from './request.js';

/** Puts every route into one unit of work, as its caller. No transaction begins before the first query. */
@Injectable()
export class UnitOfWorkInterceptor implements NestInterceptor {
  constructor(
    private readonly work: UnitOfWork,
    private readonly reflector: Reflector,
    private readonly guard: AccessGuard,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = requestOf(context);
    const access = this.reflector.get<Access | undefined>(ACCESS, context.getHandler());
    const mode: Mode = access?.mode ?? (request.method === 'GET' || request.method === 'HEAD' ? 'read' : 'write');
    return from(this.run(context, next, request, mode));
  }

  private async run(context: ExecutionContext, next: CallHandler, request: RondaRequest, mode: Mode): Promise<unknown> {
    const work = (): Promise<unknown> => lastValueFrom(next.handle(), { defaultValue: undefined });
    try {
      return await this.work.run(readerOf(request), LIVE, mode, work);
    } catch (error) {
      if (!isReaderChanged(error)) throw error;
      // The caller is no longer who it was assumed to be, and nothing has been read or written for it. Once more, from the door on.
      await this.guard.doubt(context);
      return this.work.run(readerOf(request), LIVE, mode, work);
    }
  }
}

const readerOf = ({ user }: RondaRequest): Reader =>
  user ? { tokenHash: user.tokenHash, assumed: user.assumed } : 'nobody';
