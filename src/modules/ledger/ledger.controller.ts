import { Controller, Get, Header, Query } from '@nestjs/common';
import { ApiNotFoundResponse, ApiOkResponse, ApiProduces, ApiTags } from '@nestjs/swagger';
import { Access } from '../../platform/http/access.js';
import { Paged } from '../../platform/http/paged.interceptor.js';
import {
  ConsistencyQuery,
  ConsistencyView,
  EntriesQuery,
  EntryPage,
  InclusionQuery,
  InclusionView,
  LeavesQuery,
  LeavesView,
  LedgerKeyList,
} from './ledger.dto.js';
import { Prove } from './prove.js';
import { ReadLedger } from './read-ledger.js';

const NOTE = 'text/plain';
const NOT_BEGUN = { description: 'The ledger has no checkpoint yet.' };

/** What happened, as leaves of a Merkle tree that anyone can check offline. */
@ApiTags('Ledger')
@Controller('api/v1/ledger')
export class LedgerController {
  constructor(
    private readonly ledger: ReadLedger,
    private readonly prove: Prove,
  ) {}

  /** The newest checkpoint: size and root of the ledger, as a signed note (C2SP). Save it, and the past cannot be changed. */
  @Get('checkpoint')
  @Access('ledger:read')
  @Header('content-type', `${NOTE}; charset=utf-8`)
  @ApiProduces(NOTE)
  @ApiOkResponse({
    schema: {
      type: 'string',
      example:
        'local/ledger/0\n16\nXcnaeacGWamtVZy3Ae2aKrqdgjqtL0lgz+Nw7/RgQyg=\n\n— local/ledger/0 x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n',
    },
  })
  @ApiNotFoundResponse(NOT_BEGUN)
  checkpoint(): Promise<string> {
    return this.ledger.checkpoint();
  }

  /** The keys that sign checkpoints, and those that did. Each was announced by the one before. */
  @Get('keys')
  @Access('ledger:read')
  keys(): Promise<LedgerKeyList> {
    return this.ledger.keys();
  }

  /** Proves that a leaf is in the ledger. */
  @Get('proofs/inclusion')
  @Access('ledger:read')
  @ApiNotFoundResponse(NOT_BEGUN)
  inclusion(@Query() query: InclusionQuery): Promise<InclusionView> {
    return this.prove.inclusion(query);
  }

  /** Proves that the ledger begins with all that an older checkpoint of it counted. */
  @Get('proofs/consistency')
  @Access('ledger:read')
  @ApiNotFoundResponse(NOT_BEGUN)
  consistency(@Query() query: ConsistencyQuery): Promise<ConsistencyView> {
    return this.prove.consistency(query);
  }

  /** The hashes of leaves. Most leaves say nothing, and none can be told from another by its hash. */
  @Get('leaves')
  @Access('ledger:read')
  @ApiNotFoundResponse(NOT_BEGUN)
  leaves(@Query() query: LeavesQuery): Promise<LeavesView> {
    return this.prove.leaves(query);
  }

  /** What the ledger says about something, as far as it concerns you: what you did, and what your side did to a record that it owns. The newest first. */
  @Get('entries')
  @Access('ledger:read')
  @Paged()
  entries(@Query() query: EntriesQuery): Promise<EntryPage> {
    return this.ledger.entries(query);
  }
}
