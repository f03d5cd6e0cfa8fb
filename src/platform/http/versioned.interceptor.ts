import { UseInterceptors } from '@nestjs/common';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { map } from 'rxjs';
import type { Observable } from 'rxjs';
import { etagOf, isNotModified } from './etag.js';
import { requestOf } from './request.js';
import { TaggedFile } from './tagged-file.js';

export class VersionedInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(
      map((view: unknown) => {
        const request = requestOf(context);
        const reply = context.switchToHttp().getResponse<FastifyReply>();
        const etag = view instanceof TaggedFile ? view.etag : etagOf(view);
        reply.header('etag', etag);
        if (request.method !== 'GET' || !isNotModified(request.headers['if-none-match'], etag)) return view;
        reply.code(304);
        if (view instanceof TaggedFile) view.getStream().destroy();
        return undefined;
      }),
    );
  }
}

/** Sends the view's ETag, and answers a GET whose `If-None-Match` names it with 304. */
export const Versioned = (): MethodDecorator & ClassDecorator => UseInterceptors(VersionedInterceptor);
