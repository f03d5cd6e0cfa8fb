import type { RsitClassification } from '../../kernel/rsit.js';

const infected = { class: 'malicious-code', type: 'infected-system' } as const;
const application = { class: 'intrusions', type: 'application-compromise' } as const;
const system = { class: 'intrusions', type: 'system-compromise' } as const;
const dos = { class: 'availability', type: 'dos' } as const;
const outage = { class: 'availability', type: 'outage' } as const;
const sabotage = { class: 'availability', type: 'sabotage' } as const;
const spam = { class: 'abusive-content', type: 'spam' } as const;
const scanner = { class: 'information-gathering', type: 'scanner' } as const;
const sniffing = { class: 'information-gathering', type: 'sniffing' } as const;
const masquerade = { class: 'fraud', type: 'masquerade' } as const;
const resources = { class: 'fraud', type: 'unauthorised-use-of-resources' } as const;
const leak = { class: 'information-content-security', type: 'data-leak' } as const;
const access = { class: 'information-content-security', type: 'unauthorised-information-access' } as const;
const undetermined = { class: 'other', type: 'undetermined' } as const;

interface Rule {
  /** Of every variety without a place of its own. */
  otherwise: RsitClassification;
  byVariety: Readonly<Record<string, RsitClassification>>;
}

/**
 * RSIT class and type by VERIS action and variety. Where there are several actions the first of this order that tells
 * something decides: what was done on purpose before what went wrong by itself.
 */
const CLASSIFICATION: Readonly<Record<string, Rule>> = {
  malware: {
    otherwise: infected,
    byVariety: {
      Ransomware: infected,
      Worm: infected,
      DoS: dos,
      Spam: spam,
      'Scan network': scanner,
      'Packet sniffer': sniffing,
      'Click fraud': resources,
      'Destroy data': sabotage,
    },
  },
  hacking: {
    otherwise: system,
    byVariety: {
      'Abuse of functionality': application,
      'Brute force': { class: 'intrusion-attempts', type: 'brute-force' },
      CSRF: application,
      DoS: dos,
      Footprinting: scanner,
      'Forced browsing': application,
      'LDAP injection': application,
      'Mail command injection': application,
      MitM: sniffing,
      'OS commanding': application,
      'Path traversal': application,
      RFI: application,
      'Session fixation': application,
      'Session prediction': application,
      'Session replay': application,
      SQLi: application,
      'SSI injection': application,
      'URL redirector abuse': application,
      'Use of backdoor or C2': system,
      'Use of stolen creds': { class: 'intrusions', type: 'unprivileged-account-compromise' },
      'XML injection': application,
      XSS: application,
    },
  },
  social: {
    otherwise: { class: 'information-gathering', type: 'social-engineering' },
    byVariety: {
      Forgery: masquerade,
      Phishing: { class: 'fraud', type: 'phishing' },
      Pretexting: masquerade,
      Scam: masquerade,
      Spam: spam,
    },
  },
  misuse: {
    otherwise: access,
    byVariety: {
      'Data mishandling': leak,
      'Email misuse': resources,
      'Illicit content': resources,
      'Net misuse': resources,
      'Privilege abuse': access,
      'Unapproved hardware': resources,
      'Unapproved software': resources,
    },
  },
  physical: {
    otherwise: { class: 'intrusions', type: 'burglary' },
    byVariety: {
      Destruction: sabotage,
      Skimmer: access,
      Snooping: sniffing,
      Surveillance: sniffing,
      Tampering: sabotage,
      Theft: { class: 'intrusions', type: 'burglary' },
      Wiretapping: sniffing,
    },
  },
  error: {
    otherwise: undetermined,
    byVariety: {
      'Capacity shortage': outage,
      'Disposal error': leak,
      Gaffe: leak,
      Loss: { class: 'information-content-security', type: 'data-loss' },
      'Maintenance error': outage,
      Malfunction: outage,
      Misconfiguration: { class: 'availability', type: 'misconfiguration' },
      Misdelivery: leak,
      'Publishing error': leak,
    },
  },
  environmental: { otherwise: outage, byVariety: {} },
};

/** @param varieties by action, such as `{hacking: ['DoS', 'Unknown']}`. */
export function classify(varieties: Readonly<Record<string, readonly string[]>>): RsitClassification {
  const rules = Object.entries(CLASSIFICATION).filter(([action]) => varieties[action] !== undefined);
  for (const [action, { byVariety }] of rules)
    for (const variety of varieties[action] ?? []) {
      const found = byVariety[variety];
      if (found) return found;
    }
  return rules[0]?.[1].otherwise ?? undetermined;
}
