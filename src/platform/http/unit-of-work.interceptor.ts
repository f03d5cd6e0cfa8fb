import { Injectable } from '@nestjs/common';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { from, lastValueFrom } from 'rxjs';
import type { Observable } from 'rxjs';
import { LIVE, UnitOfWork } from '../database/unit-of-work.js';
import type { Mode } from '../database/unit-of-work.js';
import { ACCESS } from './access.js';
import type { Access } from './access.js';
import { requestOf } from './request.js';

/** Puts every route into one unit of work, as its caller. No transaction begins before the first query. */
@Injectable()
export class UnitOfWorkInterceptor implements NestInterceptor {
  constructor(
    private readonly work: UnitOfWork,
    private readonly reflector: Reflector,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = requestOf(context);
    const access = this.reflector.get<Access | undefined>(ACCESS, context.getHandler());
    const mode: Mode = access?.mode ?? (request.method === 'GET' || request.method === 'HEAD' ? 'read' : 'write');
    const reader = request.user ? { tokenHash: request.user.tokenHash } : 'nobody';
    return from(this.work.run(reader, LIVE, mode, () => lastValueFrom(next.handle(), { defaultValue: undefined })));
  }
}
