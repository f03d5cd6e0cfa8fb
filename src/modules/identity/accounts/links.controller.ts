import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../../kernel/actor.js';
import { Access } from '../../../platform/http/access.js';
import { Caller } from '../../../platform/http/request.js';
import { AcceptInvitation } from './accept-invitation.js';
import { ResetPasswordDto } from './auth.dto.js';
import { ReadInvitation } from './read-invitation.js';
import { ResetPassword } from './reset-password.js';
import { AcceptInvitationDto, InvitationView } from './users.dto.js';

/** What one-time links open: each is the bearer token of one request that changes something. */
@ApiTags('One-time links')
@ApiBearerAuth()
@Controller('api/v1')
export class LinksController {
  constructor(
    private readonly readInvitation: ReadInvitation,
    private readonly acceptInvitation: AcceptInvitation,
    private readonly resetPassword: ResetPassword,
  ) {}

  /** Shows the invitation whose link you send as bearer token. */
  @Get('invitations/current')
  @Access('link', { mode: 'write' })
  read(@Caller() actor: Actor): Promise<InvitationView> {
    return this.readInvitation.run(actor);
  }

  /** Accepts it: sets your password and opens the account. Sign in afterwards. */
  @Post('invitations/accept')
  @HttpCode(204)
  @Access('link')
  accept(@Caller() actor: Actor, @Body() wanted: AcceptInvitationDto): Promise<void> {
    return this.acceptInvitation.run(actor, wanted);
  }

  /** Sets a new password. Sign in afterwards. */
  @Post('auth/reset')
  @HttpCode(204)
  @Access('link')
  reset(@Caller() actor: Actor, @Body() { newPassword }: ResetPasswordDto): Promise<void> {
    return this.resetPassword.run(actor, newPassword);
  }
}
