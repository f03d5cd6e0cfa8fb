import { UseInterceptors } from '@nestjs/common';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { tap } from 'rxjs';
import type { Observable } from 'rxjs';
import { requestOf } from './request.js';

class CreatedInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler<{ id: string }>): Observable<{ id: string }> {
    return next.handle().pipe(
      tap(({ id }) => {
        const [collection] = requestOf(context).url.split('?', 1);
        context.switchToHttp().getResponse<FastifyReply>().header('location', `${collection}/${id}`);
      }),
    );
  }
}

/** On a POST to a collection: says where what it made is. @see RFC 9110 §10.2.2 */
export const Created = (): MethodDecorator => UseInterceptors(CreatedInterceptor);
