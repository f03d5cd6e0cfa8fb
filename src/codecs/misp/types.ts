/** How a Ronda type is written as a MISP attribute: its type, and the category that MISP gives it by default. */
export interface AttributeType {
  type: string;
  category: string;
}

const network = 'Network activity';
const payload = 'Payload delivery';
const fraud = 'Financial fraud';

/** By Ronda's type. What is not here is `other`. */
const TYPES: Readonly<Record<string, AttributeType>> = {
  ipv4: { type: 'ip-dst', category: network },
  ipv6: { type: 'ip-dst', category: network },
  cidr: { type: 'ip-dst', category: network },
  domain: { type: 'domain', category: network },
  hostname: { type: 'hostname', category: network },
  url: { type: 'url', category: network },
  email: { type: 'email', category: payload },
  md5: { type: 'md5', category: payload },
  sha1: { type: 'sha1', category: payload },
  sha224: { type: 'sha224', category: payload },
  sha256: { type: 'sha256', category: payload },
  sha384: { type: 'sha384', category: payload },
  sha512: { type: 'sha512', category: payload },
  ssdeep: { type: 'ssdeep', category: payload },
  tlsh: { type: 'tlsh', category: payload },
  filename: { type: 'filename', category: payload },
  asn: { type: 'AS', category: network },
  cve: { type: 'vulnerability', category: 'External analysis' },
  mutex: { type: 'mutex', category: 'Artifacts dropped' },
  'registry-key': { type: 'regkey', category: 'Persistence mechanism' },
  'user-agent': { type: 'user-agent', category: network },
  ja3: { type: 'ja3-fingerprint-md5', category: network },
  'mac-address': { type: 'mac-address', category: network },
  phone: { type: 'phone-number', category: 'Person' },
};
const OTHER: AttributeType = { type: 'other', category: 'Other' };

export function attributeTypeOf(type: string, value: string): AttributeType {
  if (type === 'certificate-hash')
    return { type: value.length === 40 ? 'x509-fingerprint-sha1' : 'x509-fingerprint-sha256', category: network };
  if (type === 'crypto-address' && /^(bc1|[13])[A-Za-z0-9]{20,}$/.test(value)) return { type: 'btc', category: fraud };
  if (type === 'crypto-address' && /^[48][A-Za-z0-9]{90,}$/.test(value)) return { type: 'xmr', category: fraud };
  if (type === 'bank-account')
    return { type: /^[A-Z]{2}\d{2}[A-Z0-9]{8,30}$/.test(value) ? 'iban' : 'bank-account-nr', category: fraud };
  return Object.hasOwn(TYPES, type) ? (TYPES[type] ?? OTHER) : OTHER;
}

/** By MISP's type: what Ronda calls it. `ip` is an address of either family or a network. */
const READ: Readonly<Record<string, string>> = {
  'ip-src': 'ip',
  'ip-dst': 'ip',
  domain: 'domain',
  hostname: 'hostname',
  'onion-address': 'hostname',
  url: 'url',
  uri: 'url',
  email: 'email',
  'email-src': 'email',
  'email-dst': 'email',
  'email-reply-to': 'email',
  'target-email': 'email',
  'whois-registrant-email': 'email',
  'dns-soa-email': 'email',
  md5: 'md5',
  sha1: 'sha1',
  sha224: 'sha224',
  sha256: 'sha256',
  sha384: 'sha384',
  sha512: 'sha512',
  ssdeep: 'ssdeep',
  tlsh: 'tlsh',
  filename: 'filename',
  attachment: 'filename',
  'email-attachment': 'filename',
  AS: 'asn',
  vulnerability: 'cve',
  mutex: 'mutex',
  regkey: 'registry-key',
  'user-agent': 'user-agent',
  'ja3-fingerprint-md5': 'ja3',
  'x509-fingerprint-sha1': 'certificate-hash',
  'x509-fingerprint-sha256': 'certificate-hash',
  'mac-address': 'mac-address',
  btc: 'crypto-address',
  xmr: 'crypto-address',
  dash: 'crypto-address',
  iban: 'bank-account',
  'bank-account-nr': 'bank-account',
  'phone-number': 'phone',
  'whois-registrant-phone': 'phone',
};

/** Types of two values with a bar between them; null for a part that Ronda has no type for and that stays raw. */
const COMPOSITES: Readonly<Record<string, readonly [string | null, string | null]>> = {
  'domain|ip': ['domain', 'ip'],
  'hostname|port': ['hostname', null],
  'ip-src|port': ['ip', null],
  'ip-dst|port': ['ip', null],
  'regkey|value': ['registry-key', null],
  'malware-sample': ['filename', 'md5'],
};

const plain = (type: string, value: string): { type: string; value: string } => {
  if (type !== 'ip') return { type, value };
  return { type: value.includes('/') ? 'cidr' : value.includes(':') ? 'ipv6' : 'ipv4', value };
};

/** The values in an attribute, by Ronda's types; none where Ronda has no type for it: it is kept as it came. */
export function valuesOfAttribute(type: string, value: string): { type: string; value: string }[] {
  const known = Object.hasOwn(READ, type) ? READ[type] : undefined;
  if (known !== undefined) return value === '' ? [] : [plain(known, value)];
  const parts = Object.hasOwn(COMPOSITES, type) ? COMPOSITES[type] : fileParts(type);
  // A file may have a bar in its name; its hash has none, nor has a domain or a key.
  const at = type.startsWith('filename|') || type === 'malware-sample' ? value.lastIndexOf('|') : value.indexOf('|');
  if (!parts || at < 0) return [];
  const values = [value.slice(0, at), value.slice(at + 1)];
  return parts.flatMap((part, index) =>
    part === null || values[index] === '' ? [] : [plain(part, values[index] ?? '')],
  );
}

function fileParts(type: string): [string, string | null] | undefined {
  const hash = /^filename\|(.+)$/.exec(type)?.[1];
  return hash === undefined ? undefined : ['filename', READ[hash] ?? null];
}
