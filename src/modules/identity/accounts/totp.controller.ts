import { Body, Controller, Delete, Get, Headers, HttpCode, Post, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../../kernel/actor.js';
import { Access } from '../../../platform/http/access.js';
import { Caller } from '../../../platform/http/request.js';
import type { RondaRequest } from '../../../platform/http/request.js';
import { Versioned } from '../../../platform/http/versioned.interceptor.js';
import { EnrolmentView, PasswordDto, RecoveryCodesView, TotpCodeDto, TotpView } from './auth.dto.js';
import { ConfirmTotp } from './confirm-totp.js';
import { EnrolTotp } from './enrol-totp.js';
import { ReadMe } from './read-me.js';
import { RemoveTotp } from './remove-totp.js';

/** The second factor of your own account. */
@ApiTags('Sign-in')
@ApiBearerAuth()
@Controller('api/v1/auth/totp')
export class TotpController {
  constructor(
    private readonly me: ReadMe,
    private readonly enrolTotp: EnrolTotp,
    private readonly confirmTotp: ConfirmTotp,
    private readonly removeTotp: RemoveTotp,
  ) {}

  /** Shows whether a second factor is active. */
  @Get()
  @Access('enrolment')
  @Versioned()
  read(@Caller() actor: Actor): Promise<TotpView> {
    return this.me.totp(actor);
  }

  /** Begins to enrol an authenticator. Nothing asks for its codes until one of them has confirmed it. */
  @Post()
  @HttpCode(200)
  @Access('enrolment')
  enrol(@Caller() actor: Actor, @Req() request: RondaRequest): Promise<EnrolmentView> {
    return this.enrolTotp.run(request, actor);
  }

  /** Activates it by a code, and shows the recovery codes, once. */
  @Post('confirm')
  @HttpCode(200)
  @Access('enrolment')
  confirm(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Body() { code }: TotpCodeDto,
  ): Promise<RecoveryCodesView> {
    return this.confirmTotp.run(request, actor, code);
  }

  /** Removes it, for who gives the password too. */
  @Delete()
  @HttpCode(204)
  @Access('self')
  remove(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Body() { password }: PasswordDto,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<void> {
    return this.removeTotp.run(actor, password, request.ip, ifMatch);
  }
}
