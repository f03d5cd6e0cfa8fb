import { UseInterceptors } from '@nestjs/common';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { tap } from 'rxjs';
import type { Observable } from 'rxjs';
import type { Page } from './page.js';
import { requestOf } from './request.js';

class PagedInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler<Page<unknown>>): Observable<Page<unknown>> {
    return next.handle().pipe(
      tap((page) => {
        if (page.next === null) return;
        const [path = '', query] = requestOf(context).url.split('?', 2);
        const parameters = new URLSearchParams(query);
        parameters.set('cursor', page.next);
        const reply = context.switchToHttp().getResponse<FastifyReply>();
        reply.header('link', `<${path}?${parameters.toString()}>; rel="next"`);
      }),
    );
  }
}

/** Says where a list goes on in the Link header too. @see RFC 8288 */
export const Paged = (): MethodDecorator & ClassDecorator => UseInterceptors(PagedInterceptor);
