import { Controller, Get, Param, Req } from '@nestjs/common';
import { isObject, objectsOf, textOf } from '../../../codecs/record/json.js';
import type { Json } from '../../../codecs/record/json.js';
import type { Actor } from '../../../kernel/actor.js';
import { Problem, invalidInput, notFound } from '../../../kernel/problem.js';
import { Access } from '../../../platform/http/access.js';
import { Once } from '../../../platform/http/once.js';
import { Caller } from '../../../platform/http/request.js';
import type { RondaRequest } from '../../../platform/http/request.js';
import { InputPipe } from '../../../platform/http/validation.js';
import { CreateGroupDto, FindGroup, FoundGroup } from '../../sharing/index.js';
import type { GroupView } from '../../sharing/index.js';
import { Answers, Changes, Misp, MispBody } from './misp-http.js';
import { numberOfEvent } from './misp.rules.js';
import { organisationOf } from './organisations.js';

const ORGANISATION = { id: '101', uuid: '8a5f4b0e-6f0a-4c3e-9a57-0c1d2e3f4a5b', name: 'VNCERT' };
const GROUP = { id: '202', uuid: '2d6b7a52-9c0e-4f54-8a5e-3f1f6a2d9b10', name: 'Cross-border phishing' };
const SHOWN = { SharingGroup: GROUP, SharingGroupOrg: [{ Organisation: ORGANISATION }] };

/** Sharing groups: those that the caller's organisation is in. */
@Misp()
@Controller('misp')
export class MispGroupsController {
  private readonly input = new InputPipe();

  constructor(
    private readonly once: Once,
    private readonly groups: FindGroup,
    private readonly foundGroup: FoundGroup,
  ) {}

  /** The sharing groups that your organisation is in. */
  @Get('sharingGroups/index')
  @Access('groups:read')
  @Answers({ response: [SHOWN] })
  async list(@Caller() actor: Actor): Promise<object> {
    return { response: (await this.all(actor)).map(toSharingGroup) };
  }

  /** Reads one of them by its uuid, or by its number. */
  @Get('sharing_groups/view/:id')
  @Access('groups:read')
  @Answers(SHOWN)
  async view(@Caller() actor: Actor, @Param('id') id: string): Promise<object> {
    const found = (await this.all(actor)).find((each) => each.id === id.toLowerCase() || numberOfEvent(each.id) === id);
    if (!found) throw notFound();
    return toSharingGroup(found);
  }

  /** Founds a group: `releasability` says what it is for, and the organisations that are named are in it from the beginning. */
  @Changes(
    'sharingGroups/add',
    {
      name: GROUP.name,
      releasability: 'Phishing that hits several members',
      SharingGroupOrg: [{ Organisation: ORGANISATION }],
    },
    SHOWN,
    'groups:write',
  )
  async add(@Caller() actor: Actor, @Req() request: RondaRequest, @MispBody() body: Json): Promise<object> {
    const wanted = await this.wanted(isObject(body.SharingGroup) ? { ...body, ...body.SharingGroup } : body);
    return this.once.run(
      request,
      () => this.foundGroup.run(actor, wanted),
      async (id) => toSharingGroup(await this.groups.view(actor, id)),
    );
  }

  /** As `POST /api/v1/sharing-groups` takes it. Pointers are into what was sent. */
  private async wanted(body: Json): Promise<CreateGroupDto> {
    const members = objectsOf(body.SharingGroupOrg).map(({ uuid, Organisation }) =>
      textOf(isObject(Organisation) ? Organisation.uuid : uuid),
    );
    const { name, releasability: purpose } = body;
    try {
      return (await this.input.transform(
        { name, purpose, members },
        { type: 'body', metatype: CreateGroupDto },
      )) as CreateGroupDto;
    } catch (error) {
      if (!(error instanceof Problem) || !error.errors) throw error;
      throw invalidInput(
        error.errors.map((fault) => ({
          ...fault,
          pointer: fault.pointer.replace(/^\/purpose/, '/releasability').replace(/^\/members/, '/SharingGroupOrg'),
        })),
      );
    }
  }

  private async all(actor: Actor): Promise<GroupView[]> {
    const all: GroupView[] = [];
    for (let cursor: string | undefined; ;) {
      const { items, next } = await this.groups.page(actor, { limit: 100, cursor });
      all.push(...items);
      if (next === null) return all;
      cursor = next;
    }
  }
}

const toSharingGroup = ({ id, name, purpose, members }: GroupView): object => ({
  SharingGroup: { id: numberOfEvent(id), uuid: id, name, releasability: purpose, active: true, local: true },
  SharingGroupOrg: members.map(({ organisation }) => ({ Organisation: organisationOf(organisation) })),
});
