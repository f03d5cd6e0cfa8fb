import { Body, Controller, Delete, Get, Headers, HttpCode, Param, Post, Put, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../kernel/actor.js';
import { Access } from '../../platform/http/access.js';
import { Created } from '../../platform/http/created.interceptor.js';
import { IdPipe } from '../../platform/http/id.pipe.js';
import { Once } from '../../platform/http/once.js';
import { Caller } from '../../platform/http/request.js';
import type { RondaRequest } from '../../platform/http/request.js';
import { Versioned } from '../../platform/http/versioned.interceptor.js';
import { KeepSubscriptions } from './keep-subscriptions.js';
import { SubscriptionDto, SubscriptionList, SubscriptionView } from './subscriptions.dto.js';

@ApiTags('Events')
@Controller('api/v1/subscriptions')
export class SubscriptionsController {
  constructor(
    private readonly once: Once,
    private readonly subscriptions: KeepSubscriptions,
  ) {}

  /** What your organisation watches for. */
  @Get()
  @Access('incidents:read')
  async list(@Caller() actor: Actor): Promise<SubscriptionList> {
    return { items: await this.subscriptions.list(actor) };
  }

  /**
   * Watches for incidents of a kind, for values, or for both. Whenever one becomes readable or has something new to read, and
   * matches as its reader sees it, streams and webhooks of your organisation tell `subscription.matched`.
   */
  @Post()
  @Access('incidents:write')
  @Created()
  @Versioned()
  save(@Caller() actor: Actor, @Req() request: RondaRequest, @Body() body: SubscriptionDto): Promise<SubscriptionView> {
    return this.once.run(
      request,
      () => this.subscriptions.save(actor, body),
      (id) => this.subscriptions.view(actor, id),
    );
  }

  /** Reads a subscription. */
  @Get(':id')
  @Access('incidents:read')
  @Versioned()
  read(@Caller() actor: Actor, @Param('id', IdPipe) id: string): Promise<SubscriptionView> {
    return this.subscriptions.view(actor, id);
  }

  /** Changes a subscription, as a whole. */
  @Put(':id')
  @Access('incidents:write')
  @Versioned()
  async change(
    @Caller() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Body() body: SubscriptionDto,
    @Headers('if-match') ifMatch?: string,
  ): Promise<SubscriptionView> {
    await this.subscriptions.change(actor, id, body, ifMatch);
    return this.subscriptions.view(actor, id);
  }

  /** Watches no more. */
  @Delete(':id')
  @HttpCode(204)
  @Access('incidents:write')
  remove(
    @Caller() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Headers('if-match') ifMatch?: string,
  ): Promise<void> {
    return this.subscriptions.remove(actor, id, ifMatch);
  }
}
