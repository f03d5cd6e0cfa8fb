/** MISP's attributes: each type with its category by default, and whether it is worth looking for. */
const DEFAULTS: Readonly<Record<string, readonly string[]>> = {
  'Network activity': [
    ...[
      'ip-src',
      'ip-dst',
      'ip-src|port',
      'ip-dst|port',
      'domain',
      'domain|ip',
      'hostname',
      'hostname|port',
      'url',
      'uri',
    ],
    ...['AS', 'user-agent', 'ja3-fingerprint-md5', 'x509-fingerprint-sha1', 'x509-fingerprint-sha256', 'mac-address'],
    ...['onion-address', 'http-method', 'port', 'snort'],
  ],
  'Payload delivery': [
    ...[
      'md5',
      'sha1',
      'sha224',
      'sha256',
      'sha384',
      'sha512',
      'ssdeep',
      'tlsh',
      'filename',
      'filename|md5',
      'filename|sha1',
    ],
    ...['filename|sha256', 'malware-sample', 'attachment', 'email', 'email-src', 'email-dst', 'email-subject'],
    ...['email-attachment', 'email-reply-to', 'yara', 'sigma', 'mime-type', 'size-in-bytes'],
  ],
  'Artifacts dropped': ['mutex', 'named pipe', 'windows-scheduled-task', 'windows-service-name'],
  'Persistence mechanism': ['regkey', 'regkey|value'],
  'External analysis': ['link', 'vulnerability', 'cpe', 'weakness'],
  'Financial fraud': ['btc', 'xmr', 'dash', 'iban', 'bic', 'bank-account-nr', 'cc-number', 'phone-number'],
  'Targeting data': ['target-email', 'target-user', 'target-machine', 'target-org', 'target-location'],
  Attribution: ['threat-actor', 'campaign-name', 'whois-registrant-email', 'whois-registrant-phone', 'dns-soa-email'],
  Other: ['text', 'comment', 'other', 'hex', 'counter', 'datetime', 'boolean', 'float'],
};
const TO_LOOK_FOR = new Set(['Network activity', 'Payload delivery', 'Artifacts dropped', 'Persistence mechanism']);

export const CATEGORIES = Object.keys(DEFAULTS);
export const ATTRIBUTE_TYPES = Object.values(DEFAULTS).flat();

/** What a type is meant for, unless its sender says otherwise. */
export function defaultOf(type: string): { default_category: string; to_ids: 0 | 1 } {
  const category = CATEGORIES.find((each) => DEFAULTS[each]?.includes(type)) ?? 'Other';
  return { default_category: category, to_ids: TO_LOOK_FOR.has(category) ? 1 : 0 };
}

/** Any type may be said in any category: what is said of it is its sender's word. */
export const typesOf = (category: string): readonly string[] =>
  category === 'Other' ? ATTRIBUTE_TYPES : [...(DEFAULTS[category] ?? []), 'text', 'comment', 'other'];
