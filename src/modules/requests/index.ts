import { Module } from '@nestjs/common';
import { IdentityModule } from '../identity/index.js';
import { IncidentsModule } from '../incidents/index.js';
import { SharingModule } from '../sharing/index.js';
import { AddressRequest } from './address-request.js';
import { AnswerRequest } from './answer-request.js';
import { AskRequest } from './ask-request.js';
import { EndRequest } from './end-request.js';
import { EscalateRequest } from './escalate-request.js';
import { OpenRequest } from './open-request.js';
import { RequestReader } from './request.reader.js';
import { RequestResponsesController, RequestRoutingController, RequestsController } from './requests.controller.js';
import { RequestsStore } from './requests.store.js';
import { RespondToRequest } from './respond-to-request.js';
import { RouteRequests } from './route-requests.js';
import { SendRequest } from './send-request.js';

/** What one CERT asks of another, or of a sharing group: voluntary cooperation, and not legal process. */
@Module({
  imports: [IdentityModule, SharingModule, IncidentsModule],
  controllers: [RequestRoutingController, RequestsController, RequestResponsesController],
  providers: [
    RequestsStore,
    RequestReader,
    OpenRequest,
    AddressRequest,
    AskRequest,
    RouteRequests,
    SendRequest,
    RespondToRequest,
    AnswerRequest,
    EndRequest,
    EscalateRequest,
  ],
  exports: [AskRequest, RespondToRequest, AnswerRequest],
})
export class RequestsModule {}

export { AnswerRequest } from './answer-request.js';
export { AskRequest } from './ask-request.js';
export { RespondToRequest } from './respond-to-request.js';
