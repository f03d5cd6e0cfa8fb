import { IsString, Length, Matches, MaxLength, MinLength } from 'class-validator';
import { MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH } from './account.rules.js';
import { MeView } from './me.dto.js';
import { MayBeLeftOut } from '../../../platform/http/may-be-null.js';

export class LoginDto {
  /**
   * The address of your account.
   * @example "linh@cert.vn.example"
   */
  @IsString()
  @Length(3, 254)
  email!: string;

  /**
   * @example "correct horse battery staple"
   */
  @IsString()
  @Length(1, MAX_PASSWORD_LENGTH)
  password!: string;

  /**
   * What your authenticator shows, where a second factor is active.
   * @example "492039"
   */
  @MayBeLeftOut()
  @Matches(/^[0-9]{6}$/, { message: 'totp must be six digits' })
  totp?: string;

  /**
   * One of your recovery codes, instead of a code of the authenticator.
   * @example "mzxw-6ytb-oi2d-g43u"
   */
  @MayBeLeftOut()
  @IsString()
  @Length(16, 40)
  recoveryCode?: string;
}

export class RefreshDto {
  /**
   * The newest refresh token of the session; it is exchanged for another.
   * @example "ronda_rt_3q2-7w8x9yZAbCdEfGhIjKlMnOpQrStUvWxYz012345"
   */
  @IsString()
  @MaxLength(200)
  refreshToken!: string;
}

export class SignedInView {
  /**
   * Send it as `Authorization: Bearer …`.
   * @example "ronda_at_3q2-7w8x9yZAbCdEfGhIjKlMnOpQrStUvWxYz012345"
   */
  accessToken!: string;

  /**
   * Good for one exchange. Shown twice, it ends the session.
   * @example "ronda_rt_3q2-7w8x9yZAbCdEfGhIjKlMnOpQrStUvWxYz012345"
   */
  refreshToken!: string;

  /**
   * Of the access token.
   * @example "2026-11-20T03:10:00.000Z"
   */
  expiresAt!: string;

  /**
   * Of the refresh token.
   * @example "2026-12-20T02:10:00.000Z"
   */
  refreshExpiresAt!: string;

  /**
   * True where your organisation requires a second factor and you have none: the session can enrol one and nothing else.
   * @example false
   */
  totpEnrolmentRequired!: boolean;

  /** Who signed in. */
  user!: MeView;
}

export class EnrolmentView {
  /**
   * Base32, for typing into an authenticator.
   * @example "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
   */
  secret!: string;

  /**
   * The same as a URI, for a QR code.
   * @example "otpauth://totp/Ronda:linh%40cert.vn.example?issuer=Ronda&secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&algorithm=SHA1&digits=6&period=30"
   */
  otpauthUri!: string;
}

export class TotpCodeDto {
  /**
   * What the authenticator shows.
   * @example "492039"
   */
  @Matches(/^[0-9]{6}$/, { message: 'code must be six digits' })
  code!: string;
}

export class RecoveryCodesView {
  /**
   * Each stands in for one code of the authenticator, once. Shown once: null when the request is repeated.
   * @example ["mzxw-6ytb-oi2d-g43u", "nbsw-y3dp-eb3w-64tm"]
   */
  recoveryCodes!: string[] | null;
}

export class TotpView {
  /**
   * @example true
   */
  isActive!: boolean;

  /**
   * @example "2026-11-20T02:10:00.000Z"
   */
  confirmedAt!: string | null;

  /**
   * @example 9
   */
  recoveryCodesLeft!: number;

  /**
   * @example ["remove"]
   */
  allowedActions!: string[];
}

export class PasswordDto {
  /**
   * The one you sign in with.
   * @example "correct horse battery staple"
   */
  @IsString()
  @Length(1, MAX_PASSWORD_LENGTH)
  password!: string;
}

export class ResetPasswordDto {
  /**
   * At least 12 characters that are hard to guess.
   * @example "seven quiet boats at low tide"
   */
  @IsString()
  @MinLength(MIN_PASSWORD_LENGTH)
  @MaxLength(MAX_PASSWORD_LENGTH)
  newPassword!: string;
}
