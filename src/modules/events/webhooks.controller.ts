import { Body, Controller, Delete, Get, Headers, HttpCode, Param, Post, Put, Query, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../kernel/actor.js';
import { Access } from '../../platform/http/access.js';
import { Created } from '../../platform/http/created.interceptor.js';
import { IdPipe } from '../../platform/http/id.pipe.js';
import { Once } from '../../platform/http/once.js';
import { Paged } from '../../platform/http/paged.interceptor.js';
import { Caller } from '../../platform/http/request.js';
import type { RondaRequest } from '../../platform/http/request.js';
import { Versioned } from '../../platform/http/versioned.interceptor.js';
import { KeepWebhooks } from './keep-webhooks.js';
import { ReplayDelivery } from './replay-delivery.js';
import {
  DeliveriesQuery,
  DeliveryPage,
  DeliveryView,
  WebhookDto,
  WebhookList,
  WebhookView,
  WebhookWithSecretView,
} from './webhooks.dto.js';

@ApiTags('Events')
@Controller('api/v1/webhooks')
export class WebhooksController {
  constructor(
    private readonly once: Once,
    private readonly webhooks: KeepWebhooks,
    private readonly replays: ReplayDelivery,
  ) {}

  /** The webhooks of your organisation. */
  @Get()
  @Access('webhooks:write')
  async list(): Promise<WebhookList> {
    return { items: await this.webhooks.list() };
  }

  /**
   * Sends what your organisation is told to an address, from now on, signed as Standard Webhooks says. What a person alone is
   * told, and so whatever is RED, is not sent. Each delivery is repeated until it is acknowledged by a status of 200 to 299, ten
   * times in four days; a target that fails for five days is switched off.
   */
  @Post()
  @Access('webhooks:write')
  @Created()
  save(@Caller() actor: Actor, @Req() request: RondaRequest, @Body() body: WebhookDto): Promise<WebhookWithSecretView> {
    let secret: string | null = null;
    return this.once.run(
      request,
      () => this.webhooks.save(actor, body, (made) => (secret = made)),
      async (id) => ({ ...(await this.webhooks.view(id)), secret }),
    );
  }

  /** Reads a webhook. */
  @Get(':id')
  @Access('webhooks:write')
  @Versioned()
  read(@Param('id', IdPipe) id: string): Promise<WebhookView> {
    return this.webhooks.view(id);
  }

  /** Changes a webhook, as a whole, but for its secret. */
  @Put(':id')
  @Access('webhooks:write')
  @Versioned()
  async change(
    @Caller() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Body() body: WebhookDto,
    @Headers('if-match') ifMatch?: string,
  ): Promise<WebhookView> {
    await this.webhooks.change(actor, id, body, ifMatch);
    return this.webhooks.view(id);
  }

  /** Sends nothing more, and forgets what was sent. */
  @Delete(':id')
  @HttpCode(204)
  @Access('webhooks:write')
  remove(
    @Caller() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Headers('if-match') ifMatch?: string,
  ): Promise<void> {
    return this.webhooks.remove(actor, id, ifMatch);
  }

  /** Makes another secret. For a day deliveries are signed with both. */
  @Post(':id/secret')
  @HttpCode(200)
  @Access('webhooks:write')
  rotate(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
  ): Promise<WebhookWithSecretView> {
    let secret: string | null = null;
    return this.once.run(
      request,
      () => this.webhooks.rotate(actor, id, request.headers['if-match'], (made) => (secret = made)),
      async (rotated) => ({ ...(await this.webhooks.view(rotated)), secret }),
    );
  }

  /** What was sent, is to be sent, and was given up: of seven days. */
  @Get(':id/deliveries')
  @Access('webhooks:write')
  @Paged()
  deliveries(@Param('id', IdPipe) id: string, @Query() query: DeliveriesQuery): Promise<DeliveryPage> {
    return this.replays.page(id, query);
  }

  /** Sends a dead letter again, from now on as often as a new one. */
  @Post(':id/deliveries/:delivery/replay')
  @HttpCode(200)
  @Access('webhooks:write')
  @Versioned()
  replay(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Param('delivery', IdPipe) delivery: string,
  ): Promise<DeliveryView> {
    return this.once.run(
      request,
      () => this.replays.run(actor, id, delivery, request.headers['if-match']),
      (replayed) => this.replays.view(id, replayed),
    );
  }
}
