interface Named {
  name: string;
  description: string;
}

/**
 * The Reference Security Incident Taxonomy: classes, their types, and what each means, in the taxonomy's own words and
 * order. Names and descriptions are the standard's (version 1003, CC0-1.0) and are not for editing here.
 * @see https://github.com/enisaeu/Reference-Security-Incident-Taxonomy-Task-Force
 */
export const RSIT = {
  'abusive-content': {
    name: 'Abusive Content',
    description: 'Abusive Content.',
    types: {
      spam: {
        name: 'Spam',
        description:
          "Or 'Unsolicited Bulk Email', this means that the recipient has not granted verifiable permission for the message to be sent and that the message is sent as part of a larger collection of messages, all having a functionally comparable content. This IOC refers to resources which make up spam infrastructure, for example, harvesters like address verification, URLs in spam emails, etc.",
      },
      'harmful-speech': {
        name: 'Harmful Speech',
        description:
          'Bullying, harassment or discrimination of somebody, e.g., cyber stalking, racism or threats against one or more individuals.',
      },
      violence: {
        name: '(Child) Sexual Exploitation/Sexual/Violent Content',
        description: 'Child Sexual Exploitation (CSE), sexual content, glorification of violence, etc.',
      },
    },
  },
  'malicious-code': {
    name: 'Malicious Code',
    description:
      'Software that is intentionally included or inserted in a system for a harmful purpose. A user interaction is normally necessary to activate the code.',
    types: {
      'infected-system': {
        name: 'Infected System',
        description:
          'System infected with malware, e.g., a PC, smartphone or server infected with a rootkit. Most often this refers to a connection to a sinkholed command and control server.',
      },
      'c2-server': {
        name: 'C2 Server',
        description: 'Command and control server contacted by malware on infected systems.',
      },
      'malware-distribution': {
        name: 'Malware Distribution',
        description:
          'URI used for malware distribution, e.g., a download URL included in fake invoice malware spam or exploit kits (on websites).',
      },
      'malware-configuration': {
        name: 'Malware Configuration',
        description: 'URI hosting a malware configuration file, e.g., web injects for a banking trojan.',
      },
    },
  },
  'information-gathering': {
    name: 'Information Gathering',
    description: 'Information Gathering.',
    types: {
      scanner: {
        name: 'Scanning',
        description:
          'Attacks that send requests to a system to discover weaknesses. This also includes testing processes to gather information on hosts, services and accounts. This includes fingerd, DNS querying, ICMP, SMTP (EXPN, RCPT, etc) port scanning.',
      },
      sniffing: {
        name: 'Sniffing',
        description: 'Observing and recording of network traffic (i.e. wiretapping).',
      },
      'social-engineering': {
        name: 'Social Engineering',
        description:
          'Gathering information from a human being in a non-technical way (e.g., using lies, tricks, bribes, or threats).',
      },
    },
  },
  'intrusion-attempts': {
    name: 'Intrusion Attempts',
    description: 'Intrusion Attempts.',
    types: {
      'ids-alert': {
        name: 'Exploitation of Known Vulnerabilities',
        description:
          'An attempt to compromise a system or to disrupt any service by exploiting vulnerabilities with a standardised identifier such as CVE name (e.g., using a buffer overflow, backdoor, cross site scripting)',
      },
      'brute-force': {
        name: 'Login Attempts',
        description:
          'Multiple brute-force login attempts (including guessing or cracking of passwords). This IOC refers to a resource, which has been observed to perform brute-force attacks over a given application protocol.',
      },
      exploit: {
        name: 'New Attack Signature',
        description: 'An attack using an unknown exploit.',
      },
    },
  },
  intrusions: {
    name: 'Intrusions',
    description:
      'A successful compromise of a system or application (service). This can have been caused remotely by a known or new vulnerability, but also by an unauthorised local access. Also includes being part of a botnet.',
    types: {
      'privileged-account-compromise': {
        name: 'Privileged Account Compromise',
        description: 'Compromise of a system where the attacker has gained administrative privileges.',
      },
      'unprivileged-account-compromise': {
        name: 'Unprivileged Account Compromise',
        description: 'Compromise of a system using an unprivileged (user/service) account.',
      },
      'application-compromise': {
        name: 'Application Compromise',
        description:
          'Compromise of an application by exploiting (un)known software vulnerabilities, e.g., SQL injection.',
      },
      'system-compromise': {
        name: 'System Compromise',
        description:
          'Compromise of a system, e.g., unauthorised logins or commands. This includes attempts to compromise honeypot systems.',
      },
      burglary: {
        name: 'Burglary',
        description: 'Physical intrusion, e.g., into a corporate building or data centre.',
      },
    },
  },
  availability: {
    name: 'Availability',
    description:
      'By this kind of an attack a system is bombarded with so many packets that the operations are delayed or the system crashes. DoS examples are ICMP and SYN floods, Teardrop attacks and mail-bombing. DDoS often is based on DoS attacks originating from botnets, but also other scenarios exist like DNS Amplification attacks. However, the availability also can be affected by local actions (destruction, disruption of power supply, etc.) – or by Act of God, spontaneous failures or human error, without malice or gross neglect being involved.',
    types: {
      dos: {
        name: 'Denial of Service',
        description:
          'Denial of Service attack, e.g., sending specially crafted requests to a web application which causes the application to crash or slow down.',
      },
      ddos: {
        name: 'Distributed Denial of Service',
        description:
          'Distributed Denial of Service attack, e.g., SYN flood or UDP-based reflection/amplification attacks.',
      },
      misconfiguration: {
        name: 'Misconfiguration',
        description:
          'Software misconfiguration resulting in service availability issues, e.g., DNS server with outdated DNSSEC Root Zone KSK.',
      },
      sabotage: {
        name: 'Sabotage',
        description:
          'Intentional actions maliciously threatening to, attempting to or actually damaging a system or component with the aim of disrupting the availability of a service. These can happen both at logical and physical levels, from malicious firewall rules dropping all traffic, to wire-cutting, bomb threats or arson.',
      },
      outage: {
        name: 'Outage',
        description: 'An outage caused, for example, by air conditioning failure or natural disaster.',
      },
    },
  },
  'information-content-security': {
    name: 'Information Content Security',
    description:
      'Besides a local abuse of data and systems the information security can be endangered by a successful account or application compromise. Furthermore attacks are possible that intercept and access information during transmission (wiretapping, spoofing or hijacking). Human/configuration/software error can also be the cause.',
    types: {
      'unauthorised-information-access': {
        name: 'Unauthorised Access to Information',
        description:
          'Unauthorised access to information, e.g., by abusing stolen login credentials for a system or application, intercepting traffic or gaining access to physical documents.',
      },
      'unauthorised-information-modification': {
        name: 'Unauthorised Modification of Information',
        description:
          'Unauthorised modification of information, e.g., by an attacker abusing stolen login credentials for a system or application, or ransomware encrypting data. Also includes defacements.',
      },
      'data-loss': {
        name: 'Data Loss',
        description: 'Loss of data caused by, for example, hard disk failure or physical theft.',
      },
      'data-leak': {
        name: 'Leak of Confidential Information',
        description: 'Leaked confidential information, e.g., credentials or personal data.',
      },
    },
  },
  fraud: {
    name: 'Fraud',
    description: 'Fraud.',
    types: {
      'unauthorised-use-of-resources': {
        name: 'Unauthorised Use of Resources',
        description:
          'Using resources for unauthorised purposes including profit-making ventures, e.g., the use of email to participate in illegal profit chain letters or pyramid schemes.',
      },
      copyright: {
        name: 'Copyright',
        description:
          'Offering or installing copies of unlicensed commercial software or other copyright protected materials (also known as Warez).',
      },
      masquerade: {
        name: 'Masquerade',
        description:
          'Type of attack in which one entity illegitimately impersonates the identity of another in order to benefit from it.',
      },
      phishing: {
        name: 'Phishing',
        description:
          'Masquerading as another entity in order to persuade the user to reveal private credentials. This IOC most often refers to a URL, which is used to phish user credentials.',
      },
    },
  },
  vulnerable: {
    name: 'Vulnerable',
    description:
      'Open resolvers, world-readable printers, vulnerabilities apparent from scans, anti-virus signatures not up-to-date, etc.',
    types: {
      'weak-crypto': {
        name: 'Weak Cryptography',
        description:
          'Publicly accessible services offering weak cryptography, e.g., web servers susceptible to POODLE/FREAK attacks.',
      },
      'ddos-amplifier': {
        name: 'DDoS Amplifier',
        description:
          'Publicly accessible services that can be abused for conducting DDoS reflection/amplification attacks, e.g., DNS open-resolvers or NTP servers with monlist enabled.',
      },
      'potentially-unwanted-accessible': {
        name: 'Potentially Unwanted Accessible Services',
        description: 'Potentially unwanted publicly accessible services, e.g., Telnet, RDP or VNC.',
      },
      'information-disclosure': {
        name: 'Information Disclosure',
        description: 'Publicly accessible services potentially disclosing sensitive information, e.g., SNMP or Redis.',
      },
      'vulnerable-system': {
        name: 'Vulnerable System',
        description:
          'A system which is vulnerable to certain attacks, e.g., misconfigured client proxy settings (such as WPAD), outdated operating system version, or cross-site scripting vulnerabilities.',
      },
    },
  },
  other: {
    name: 'Other',
    description:
      "All incidents which don't fit in one of the given categories should be put into this class. If the number of incidents in this category increases, it is an indicator that the classification scheme must be revised.",
    types: {
      other: {
        name: 'Uncategorised',
        description:
          "All incidents which don't fit in one of the given categories should be put into this class or the incident is not categorised.",
      },
      undetermined: {
        name: 'Undetermined',
        description: 'The categorisation of the incident is unknown/undetermined.',
      },
    },
  },
  test: {
    name: 'Test',
    description: 'Meant for testing.',
    types: {
      test: {
        name: 'Test',
        description: 'Meant for testing.',
      },
    },
  },
} as const satisfies Record<string, Named & { types: Record<string, Named> }>;

export type RsitClass = keyof typeof RSIT;

/** The types of one class, or of any class. */
export type RsitType<C extends RsitClass = RsitClass> = C extends RsitClass ? keyof (typeof RSIT)[C]['types'] : never;

/** A class with one of its own types; `fraud` with `spam` does not compile. */
export type RsitClassification = { [C in RsitClass]: { class: C; type: RsitType<C> } }[RsitClass];

export const RSIT_CLASSES = Object.keys(RSIT) as readonly RsitClass[];

export const isRsitClass = (value: string): value is RsitClass => Object.hasOwn(RSIT, value);

/** The type ids of a class, in the taxonomy's order. */
export const rsitTypes = (rsitClass: RsitClass): readonly RsitType[] =>
  Object.keys(RSIT[rsitClass].types) as RsitType[];

/** Whether `type` is one of the types of `rsitClass`. False for a class that does not exist. */
export const isRsitType = (rsitClass: string, type: string): boolean =>
  isRsitClass(rsitClass) && Object.hasOwn(RSIT[rsitClass].types, type);

/**
 * The machine tag by which other tools know the classification, such as `rsit:fraud="phishing"`.
 * @throws RangeError when the type is not one of the class: a tag that no tool understands must never be written.
 */
export function rsitTag(rsitClass: string, type: string): string {
  if (!isRsitType(rsitClass, type)) throw new RangeError(`${rsitClass}/${type} is not an RSIT classification`);
  return `rsit:${rsitClass}="${type}"`;
}
