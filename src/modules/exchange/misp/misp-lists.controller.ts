import { Controller, Get, Param } from '@nestjs/common';
import { textOf } from '../../../codecs/record/json.js';
import type { Json } from '../../../codecs/record/json.js';
import type { Actor } from '../../../kernel/actor.js';
import { notFound } from '../../../kernel/problem.js';
import { PAP, TLP } from '../../../kernel/markings.js';
import { RSIT_CLASSES, rsitTag, rsitTypes } from '../../../kernel/rsit.js';
import { Access } from '../../../platform/http/access.js';
import { Caller } from '../../../platform/http/request.js';
import { DirectoryReader, FindUser } from '../../identity/index.js';
import { ExtractObservables } from '../../observables/index.js';
import { ATTRIBUTE_TYPES, CATEGORIES, defaultOf, typesOf } from './attribute-types.js';
import { Answers, Asks, Misp, MispBody } from './misp-http.js';
import { numberOfEvent } from './misp.rules.js';
import { organisationOf } from './organisations.js';
import { numberOfTag } from './render-events.js';

/** MISP's interface of which these are the calls. */
const VERSION = '2.5.34';
const ORGANISATION = { id: '101', uuid: '8a5f4b0e-6f0a-4c3e-9a57-0c1d2e3f4a5b', name: 'VNCERT' };
const TAG = { id: '31', name: 'tlp:green', colour: '#0088cc', exportable: true };
const ROLE = { id: '3', name: 'analyst', perm_add: true, perm_modify: true, perm_publish: true };

@Misp()
@Controller('misp')
export class MispListsController {
  constructor(
    private readonly directory: DirectoryReader,
    private readonly users: FindUser,
    private readonly extract: ExtractObservables,
  ) {}

  /** By which version of MISP this is called. */
  @Get('servers/getVersion')
  @Access('self')
  @Answers({ version: VERSION, pymisp_recommended_version: VERSION })
  version(): object {
    return { version: VERSION, pymisp_recommended_version: VERSION, perm_sync: false, perm_sighting: true };
  }

  /** The same, of the client alone. */
  @Get('servers/getPyMISPVersion.json')
  @Access('self')
  @Answers({ version: VERSION })
  clientVersion(): object {
    return { version: VERSION };
  }

  /** Who you are. */
  @Get('users/view/me')
  @Access('self')
  @Answers({
    User: { id: '7', email: 'analyst@cert.example' },
    Role: ROLE,
    UserSetting: {},
    Organisation: ORGANISATION,
  })
  me(@Caller() actor: Actor): object {
    return {
      User: userOf({ id: actor.userId, displayName: actor.displayName, organisationId: actor.organisationId }),
      Role: roleOf(actor.roles[0] ?? 'analyst', actor.permissions),
      UserSetting: {},
      Organisation: organisationOf({ id: actor.organisationId, name: actor.organisationName }),
    };
  }

  /** The types of attributes and their categories. */
  @Get('attributes/describeTypes.json')
  @Access('self')
  @Answers({ result: { types: ['domain'], categories: ['Network activity'] } })
  describeTypes(): object {
    return {
      result: {
        sane_defaults: Object.fromEntries(ATTRIBUTE_TYPES.map((type) => [type, defaultOf(type)])),
        types: ATTRIBUTE_TYPES,
        categories: CATEGORIES,
        category_type_mappings: Object.fromEntries(CATEGORIES.map((category) => [category, typesOf(category)])),
      },
    };
  }

  /** The organisations that you see. */
  @Get('organisations/index')
  @Access('directory:read')
  @Answers([{ Organisation: ORGANISATION }])
  async organisations(): Promise<object[]> {
    const all = await this.directory.organisationsInPolicy();
    return all.map((each) => ({ Organisation: organisationOf(each) }));
  }

  /** Reads one of them by its uuid, or by its number. */
  @Get('organisations/view/:id')
  @Access('directory:read')
  @Answers({ Organisation: ORGANISATION })
  async organisation(@Param('id') id: string): Promise<object> {
    const all = await this.directory.organisationsInPolicy();
    const found = all.find((each) => each.id === id.toLowerCase() || numberOfEvent(each.id) === id);
    if (!found) throw notFound();
    return { Organisation: organisationOf(found) };
  }

  /** The accounts of your own organisation. */
  @Get('admin/users/index')
  @Access('directory:read')
  @Answers([{ User: { id: '7', email: 'analyst@cert.example' } }])
  async accounts(@Caller() actor: Actor): Promise<object[]> {
    const { organisationId } = actor;
    const all: object[] = [];
    for (let cursor: string | undefined; ;) {
      const { items, next } = await this.users.page(actor, organisationId, { limit: 100, cursor });
      all.push(...items.map(({ id, displayName }) => ({ User: userOf({ id, displayName, organisationId }) })));
      if (next === null) return all;
      cursor = next;
    }
  }

  /** What a role may do here. */
  @Get('roles/index')
  @Access('self')
  @Answers([{ Role: ROLE }])
  roles(): object[] {
    return ['analyst', 'coordinator', 'organiser', 'admin'].map((name) => ({ Role: roleOf(name, new Set(WRITING)) }));
  }

  /** The tags that mean something here. Others may be used as one likes. */
  @Get('tags/index')
  @Access('self')
  @Answers({ Tag: [TAG] })
  tags(): object {
    return { Tag: KNOWN_TAGS };
  }

  /** Those of them with such a name. */
  @Asks('tags/search', { tagname: 'tlp:%', strict_tagname: false }, [{ Tag: TAG }], 'self')
  searchTags(@MispBody() body: Json): object[] {
    const wanted = (textOf(body.tagname) ?? '').toLowerCase().replaceAll('%', '');
    const isStrict = body.strict_tagname === true || body.strict_tagname === 1;
    return KNOWN_TAGS.filter(({ name }) =>
      isStrict ? name.toLowerCase() === wanted : name.toLowerCase().includes(wanted),
    ).map((Tag) => ({ Tag }));
  }

  /** A tag needs no making: it is there when something has it. */
  @Asks('tags/add', { name: 'campaign:name="lotus"' }, { Tag: TAG }, 'self')
  addTag(@MispBody() body: Json): object {
    return { Tag: tagOf(textOf(body.name) ?? '') };
  }

  /** The taxonomies of the tags that mean something here. */
  @Get('taxonomies/index')
  @Access('self')
  @Answers([{ Taxonomy: { id: '1', namespace: 'tlp', enabled: true } }])
  taxonomies(): object[] {
    return ['tlp', 'PAP', 'rsit'].map((namespace) => ({
      Taxonomy: { id: numberOfTag(namespace), namespace, enabled: true, description: namespace, version: '1' },
    }));
  }

  /** The lists of what is never malicious; a value is asked with checkValue. */
  @Get('warninglists/index')
  @Access('self')
  @Answers({ Warninglists: [{ Warninglist: { id: '1', name: 'private-range' } }] })
  warninglists(): object {
    return { Warninglists: [] };
  }

  /** On which of these lists values are. */
  @Asks('warninglists/checkValue', ['10.0.0.1'], { '10.0.0.1': [{ id: '1', name: 'private-range' }] }, 'self')
  checkValue(@MispBody() body: Json): object {
    const values = (Array.isArray(body) ? body : Object.values(body)).map(String).slice(0, 1000);
    return Object.fromEntries(
      values.flatMap((value) => {
        const names = this.extract.run(value).items.flatMap(({ warnings }) => warnings.map(({ list }) => list));
        return names.length === 0
          ? []
          : [[value, [...new Set(names)].map((name) => ({ id: numberOfTag(name), name }))]];
      }),
    );
  }

  /** There are none: techniques are named by their ids. */
  @Get('galaxies/index')
  @Access('self')
  @Answers([{ Galaxy: { id: '1', name: 'None' } }])
  galaxies(): object[] {
    return [];
  }

  /** There are none: nothing is fetched from elsewhere. */
  @Get('feeds/index')
  @Access('self')
  @Answers([{ Feed: { id: '1', name: 'None' } }])
  feeds(): object[] {
    return [];
  }

  /** There are none: nothing is pushed to elsewhere. */
  @Get('servers/index')
  @Access('self')
  @Answers([{ Server: { id: '1', name: 'None' } }])
  servers(): object[] {
    return [];
  }
}

const WRITING = ['incidents:read', 'incidents:write', 'incidents:release'];

/** MISP knows people by their address of mail, which is the organisation's administrator's to see here. */
const userOf = ({
  id,
  displayName,
  organisationId,
}: Record<'id' | 'displayName' | 'organisationId', string>): object => ({
  id: numberOfEvent(id),
  uuid: id,
  email: displayName,
  org_id: numberOfEvent(organisationId),
  autoalert: false,
  disabled: false,
});

const roleOf = (name: string, permissions: ReadonlySet<string>): object => ({
  id: numberOfTag(name),
  name,
  perm_add: permissions.has('incidents:write'),
  perm_modify: permissions.has('incidents:write'),
  perm_modify_org: permissions.has('incidents:write'),
  perm_publish: permissions.has('incidents:release'),
  perm_sighting: permissions.has('incidents:write'),
  perm_tagger: permissions.has('incidents:write'),
  perm_auth: true,
  perm_admin: false,
  perm_site_admin: false,
  perm_sync: false,
});

const tagOf = (name: string): { id: string; name: string; colour: string; exportable: boolean } => ({
  ...{ id: numberOfTag(name), name, colour: '#0088cc', exportable: true },
});

const KNOWN_TAGS = [
  ...TLP.map((label) => label.toLowerCase()),
  ...PAP,
  ...RSIT_CLASSES.flatMap((rsitClass) => rsitTypes(rsitClass).map((type) => rsitTag(rsitClass, type))),
].map(tagOf);
