import { Module } from '@nestjs/common';
import { PassportModule } from '@nestjs/passport';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AcceptInvitation } from './accounts/accept-invitation.js';
import { AccountsStore } from './accounts/accounts.store.js';
import { ApiKeysController } from './accounts/api-keys.controller.js';
import { AuthController } from './accounts/auth.controller.js';
import { ChangePassword } from './accounts/change-password.js';
import { ConfirmIdentity } from './accounts/confirm-identity.js';
import { ConfirmTotp } from './accounts/confirm-totp.js';
import { CreateApiKey } from './accounts/create-api-key.js';
import { EraseUser } from './accounts/erase-user.js';
import { EnrolTotp } from './accounts/enrol-totp.js';
import { FindUser } from './accounts/find-user.js';
import { FoundRegion } from './accounts/found-region.js';
import { InviteUser } from './accounts/invite-user.js';
import { IssueLink } from './accounts/issue-link.js';
import { LinkOnce } from './accounts/link-once.js';
import { LinksController } from './accounts/links.controller.js';
import { MeController } from './accounts/me.controller.js';
import { OpenSession } from './accounts/open-session.js';
import { ReadInvitation } from './accounts/read-invitation.js';
import { ReadMe } from './accounts/read-me.js';
import { RefreshSession } from './accounts/refresh-session.js';
import { ReissueLink } from './accounts/reissue-link.js';
import { RemoveTotp } from './accounts/remove-totp.js';
import { ResetPassword } from './accounts/reset-password.js';
import { RevokeCredential } from './accounts/revoke-credential.js';
import { SecondFactor } from './accounts/second-factor.js';
import { SeedAccounts } from './accounts/seed-accounts.js';
import { SetPassword } from './accounts/set-password.js';
import { SignInAttemptsStore } from './accounts/sign-in-attempts.store.js';
import { SignIn } from './accounts/sign-in.js';
import { SignOut } from './accounts/sign-out.js';
import { SlowDown } from './accounts/slow-down.js';
import { TakeLink } from './accounts/take-link.js';
import { TotpController } from './accounts/totp.controller.js';
import { UpdateMe } from './accounts/update-me.js';
import { UpdateUser } from './accounts/update-user.js';
import { UserErasuresController } from './accounts/user-erasures.controller.js';
import { UserErasuresStore } from './accounts/user-erasures.store.js';
import { UsersController } from './accounts/users.controller.js';
import { AnswerCommsCheck } from './comms-checks/answer-comms-check.js';
import { CallCommsCheck } from './comms-checks/call-comms-check.js';
import { CommsChecksController } from './comms-checks/comms-checks.controller.js';
import { CommsChecksStore } from './comms-checks/comms-checks.store.js';
import { ReadCommsChecks } from './comms-checks/read-comms-checks.js';
import { RunCommsChecks } from './comms-checks/run-comms-checks.js';
import { Contact } from './contacts/contact.entity.js';
import { ContactsController } from './contacts/contacts.controller.js';
import { ContactsStore } from './contacts/contacts.store.js';
import { DirectoryController } from './contacts/directory.controller.js';
import { DutyController } from './contacts/duty.controller.js';
import { DutyStore } from './contacts/duty.store.js';
import { EditDirectory } from './contacts/edit-directory.js';
import { KeepContacts } from './contacts/keep-contacts.js';
import { KeepDuty } from './contacts/keep-duty.js';
import { KeepNetworks } from './contacts/keep-networks.js';
import { NetworksController } from './contacts/networks.controller.js';
import { NetworksStore } from './contacts/networks.store.js';
import { ReadDirectory } from './contacts/read-directory.js';
import { ReadContacts } from './contacts/read-contacts.js';
import { Authenticator } from './credentials/authenticator.js';
import { CredentialUse } from './credentials/credential-use.js';
import { CredentialsStore } from './credentials/credentials.store.js';
import { PasswordStrength } from './credentials/password-strength.js';
import { Passwords } from './credentials/passwords.js';
import { RegisterAuthenticator } from './credentials/strategies.js';
import { DirectoryReader } from './directory.reader.js';
import { ActivateOrganisation } from './organisations/activate-organisation.js';
import { AdmissionController } from './organisations/admission.controller.js';
import { ChangeStanding } from './organisations/change-standing.js';
import { DesignateOrganisation } from './organisations/designate-organisation.js';
import { EndStandingDecision } from './organisations/end-standing-decision.js';
import { EnterStandingDecision } from './organisations/enter-standing-decision.js';
import { FindOrganisation } from './organisations/find-organisation.js';
import { HandOverSecretariat } from './organisations/hand-over-secretariat.js';
import { OrganisationStep } from './organisations/organisation-step.js';
import { OrganisationsController } from './organisations/organisations.controller.js';
import { OrganisationsStore } from './organisations/organisations.store.js';
import { RegisterOrganisation } from './organisations/register-organisation.js';
import { RetireOrganisation } from './organisations/retire-organisation.js';
import { SponsorOrganisation } from './organisations/sponsor-organisation.js';
import { StandingController } from './organisations/standing.controller.js';
import { UpdateOrganisation } from './organisations/update-organisation.js';

const credentials = [
  Authenticator,
  CredentialUse,
  CredentialsStore,
  PasswordStrength,
  Passwords,
  RegisterAuthenticator,
];
const organisations = [
  ActivateOrganisation,
  ChangeStanding,
  DesignateOrganisation,
  EndStandingDecision,
  EnterStandingDecision,
  FindOrganisation,
  HandOverSecretariat,
  OrganisationStep,
  OrganisationsStore,
  RegisterOrganisation,
  RetireOrganisation,
  SponsorOrganisation,
  UpdateOrganisation,
];
const accounts = [
  AcceptInvitation,
  AccountsStore,
  ChangePassword,
  ConfirmIdentity,
  ConfirmTotp,
  CreateApiKey,
  EnrolTotp,
  EraseUser,
  FindUser,
  FoundRegion,
  InviteUser,
  IssueLink,
  LinkOnce,
  OpenSession,
  ReadInvitation,
  ReadMe,
  RefreshSession,
  ReissueLink,
  RemoveTotp,
  ResetPassword,
  RevokeCredential,
  SecondFactor,
  SeedAccounts,
  SetPassword,
  SignIn,
  SignInAttemptsStore,
  SignOut,
  SlowDown,
  TakeLink,
  UpdateMe,
  UpdateUser,
  UserErasuresStore,
];

const directory = [
  AnswerCommsCheck,
  CallCommsCheck,
  CommsChecksStore,
  ContactsStore,
  DirectoryReader,
  DutyStore,
  EditDirectory,
  KeepContacts,
  KeepDuty,
  KeepNetworks,
  NetworksStore,
  ReadCommsChecks,
  ReadContacts,
  ReadDirectory,
  RunCommsChecks,
];

/** Who is who: organisations, accounts, credentials, and who answers for what. */
@Module({
  imports: [PassportModule, TypeOrmModule.forFeature([Contact])],
  controllers: [
    AuthController,
    TotpController,
    LinksController,
    MeController,
    ApiKeysController,
    OrganisationsController,
    AdmissionController,
    StandingController,
    UsersController,
    UserErasuresController,
    ContactsController,
    NetworksController,
    DutyController,
    DirectoryController,
    CommsChecksController,
  ],
  providers: [...credentials, ...organisations, ...accounts, ...directory],
  exports: [
    AnswerCommsCheck,
    Authenticator,
    CallCommsCheck,
    DirectoryReader,
    FindUser,
    FoundRegion,
    RunCommsChecks,
    SeedAccounts,
  ],
})
export class IdentityModule {}
