import { Body, Controller, HttpCode, Post, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../../kernel/actor.js';
import { Access } from '../../../platform/http/access.js';
import { Caller } from '../../../platform/http/request.js';
import type { RondaRequest } from '../../../platform/http/request.js';
import { LoginDto, RefreshDto, SignedInView } from './auth.dto.js';
import { RefreshSession } from './refresh-session.js';
import { SignIn } from './sign-in.js';
import { SignOut } from './sign-out.js';

/** Sessions: opened with a password, continued with a refresh token, ended at any time. */
@ApiTags('Sign-in')
@Controller('api/v1/auth')
export class AuthController {
  constructor(
    private readonly signIn: SignIn,
    private readonly refreshSession: RefreshSession,
    private readonly signOut: SignOut,
  ) {}

  /** Signs in. Answers in the same time whether or not there is such an account. */
  @Post('login')
  @HttpCode(200)
  @Access('anyone')
  login(@Body() credentials: LoginDto, @Req() request: RondaRequest): Promise<SignedInView> {
    return this.signIn.run(credentials, request.ip);
  }

  /** Exchanges a refresh token for new tokens. */
  @Post('refresh')
  @HttpCode(200)
  @Access('anyone')
  refresh(@Body() { refreshToken }: RefreshDto): Promise<SignedInView> {
    return this.refreshSession.run(refreshToken);
  }

  /** Ends the session. */
  @Post('logout')
  @HttpCode(204)
  @ApiBearerAuth()
  @Access('enrolment')
  logout(@Caller() actor: Actor): Promise<void> {
    return this.signOut.run(actor);
  }
}
