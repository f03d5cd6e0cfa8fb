/**
 * The enumerations of VERIS 1.3, as its community publishes them. Where later 1.3.x added a value, it is here as well.
 * @see https://verisframework.org
 */
const list = (values: string): string[] => values.split('|');

const PEOPLE =
  'Auditor|Call center|Cashier|Developer|End-user|Executive|Finance|Helpdesk|Human resources|Maintenance|Manager|Guard|System admin|Other|Unknown';
const MOTIVES = list('Convenience|Espionage|Fear|Financial|Fun|Grudge|Ideology|NA|Secondary|Other|Unknown');

export const UNITS = list('Seconds|Minutes|Hours|Days|Weeks|Months|Years|Never|NA|Unknown');

/** By kind of action; what is left out there, it does not have. */
export const ACTIONS: Readonly<Record<string, { variety: string[]; vector?: string[]; target?: string[] }>> = {
  malware: {
    variety: list(
      'Adminware|Adware|Backdoor|Brute force|C2|Capture app data|Capture stored data|Click fraud|Client-side attack|Destroy data|Disable controls|DoS|Downloader|Exploit vuln|Export data|Packet sniffer|Password dumper|Ram scraper|Ransomware|Rootkit|Scan network|Spam|Spyware/Keylogger|SQL injection|Worm|Other|Unknown',
    ),
    vector: list(
      'Direct install|Download by malware|Email attachment|Email autoexecute|Email link|Email unknown|Instant messaging|Network propagation|Remote injection|Removable media|Software update|Web download|Web drive-by|Other|Unknown',
    ),
  },
  hacking: {
    variety: list(
      'Abuse of functionality|Brute force|Buffer overflow|Cache poisoning|Cryptanalysis|CSRF|DoS|Exploit vuln|Footprinting|Forced browsing|Format string attack|Fuzz testing|HTTP request smuggling|HTTP request splitting|HTTP response smuggling|HTTP Response Splitting|Integer overflows|LDAP injection|Mail command injection|MitM|Null byte injection|Offline cracking|OS commanding|Pass-the-hash|Path traversal|Reverse engineering|RFI|Routing detour|Session fixation|Session prediction|Session replay|Soap array abuse|Special element injection|SQLi|SSI injection|URL redirector abuse|Use of backdoor or C2|Use of stolen creds|Virtual machine escape|XML attribute blowup|XML entity expansion|XML external entities|XML injection|XPath injection|XQuery injection|XSS|Other|Unknown',
    ),
    vector: list(
      '3rd party desktop|Backdoor or C2|Command shell|Desktop sharing|Partner|Physical access|VPN|Web application|Other|Unknown',
    ),
  },
  social: {
    variety: list(
      'Baiting|Bribery|Elicitation|Extortion|Forgery|Influence|Phishing|Pretexting|Propaganda|Scam|Spam|Other|Unknown',
    ),
    vector: list('Documents|Email|IM|In-person|Phone|Removable media|SMS|Social media|Software|Website|Other|Unknown'),
    target: list(`${PEOPLE}|Customer|Former employee|Partner`),
  },
  misuse: {
    variety: list(
      'Data mishandling|Email misuse|Illicit content|Knowledge abuse|Net misuse|Possession abuse|Privilege abuse|Unapproved hardware|Unapproved software|Unapproved workaround|Other|Unknown',
    ),
    vector: list('LAN access|Non-corporate|Physical access|Remote access|Other|Unknown'),
  },
  physical: {
    variety: list(
      'Assault|Bypassed controls|Connection|Destruction|Disabled controls|Skimmer|Snooping|Surveillance|Tampering|Theft|Wiretapping|Other|Unknown',
    ),
    vector: list(
      'Partner facility|Partner vehicle|Personal residence|Personal vehicle|Privileged access|Public facility|Public vehicle|Uncontrolled location|Victim grounds|Victim public area|Victim secure area|Victim work area|Visitor privileges|Other|Unknown',
    ),
  },
  error: {
    variety: list(
      'Capacity shortage|Classification error|Data entry error|Disposal error|Gaffe|Loss|Maintenance error|Malfunction|Misconfiguration|Misdelivery|Misinformation|Omission|Physical accidents|Programming error|Publishing error|Other|Unknown',
    ),
    vector: list(
      'Carelessness|Inadequate personnel|Inadequate processes|Inadequate technology|Random error|Other|Unknown',
    ),
  },
  environmental: {
    variety: list(
      'Deterioration|Earthquake|EMI|ESD|Fire|Flood|Hazmat|Humidity|Hurricane|Ice|Landslide|Leak|Lightning|Meteorite|Particulates|Pathogen|Power failure|Temperature|Tornado|Tsunami|Vermin|Volcano|Wind|Other|Unknown',
    ),
  },
};

export const ACTORS = {
  external: {
    motive: MOTIVES,
    variety: list(
      'Acquaintance|Activist|Auditor|Competitor|Customer|Force majeure|Former employee|Nation-state|Organized crime|State-affiliated|Terrorist|Unaffiliated|Other|Unknown',
    ),
  },
  internal: {
    motive: MOTIVES,
    variety: list(`${PEOPLE}|Doctor or nurse`),
    jobChange: list(
      'Demoted|Hired|Job eval|Lateral move|Let go|Passed over|Personal issues|Promoted|Reprimanded|Resigned|Other|Unknown',
    ),
  },
  partner: { motive: MOTIVES },
} as const;

export const ASSETS = {
  variety: list(
    'M - Disk drive|M - Disk media|M - Documents|M - Flash drive|M - Other|M - Payment card|M - Smart card|M - Tapes|M - Unknown|N - Access reader|N - Broadband|N - Camera|N - Firewall|N - HSM|N - IDS|N - LAN|N - NAS|N - Other|N - PBX|N - PLC|N - Private WAN|N - Public WAN|N - Router or switch|N - RTU|N - SAN|N - Telephone|N - Unknown|N - VoIP adapter|N - WLAN|P - Auditor|P - Call center|P - Cashier|P - Customer|P - Developer|P - End-user|P - Executive|P - Finance|P - Former employee|P - Guard|P - Helpdesk|P - Human resources|P - Maintenance|P - Manager|P - Other|P - Partner|P - System admin|P - Unknown|S - Authentication|S - Backup|S - Code repository|S - Database|S - DCS|S - DHCP|S - Directory|S - DNS|S - File|S - ICS|S - Log|S - Mail|S - Mainframe|S - Other|S - Payment switch|S - POS controller|S - Print|S - Proxy|S - Remote access|S - Unknown|S - VM host|S - Web application|T - ATM|T - Gas terminal|T - Kiosk|T - Other|T - PED pad|T - Unknown|U - Auth token|U - Desktop|U - Laptop|U - Media|U - Mobile phone|U - Other|U - Peripheral|U - POS terminal|U - Tablet|U - Telephone|U - Unknown|U - VoIP phone|Other|Unknown',
  ),
  accessibility: list('External|Internal|Isolated|NA|Other|Unknown'),
  cloud: list(
    'Customer attack|Hosting error|Hosting governance|Hypervisor|Partner application|User breakout|NA|Other|Unknown',
  ),
  governance: list(
    '3rd party hosted|3rd party managed|3rd party owned|Internally isolated|Personally owned|Other|Unknown',
  ),
  hosting: list('External|External dedicated|External shared|Internal|NA|Other|Unknown'),
  management: list('External|Internal|NA|Other|Unknown'),
  ownership: list('Customer|Employee|Partner|Victim|NA|Other|Unknown'),
};

export const ATTRIBUTES = {
  data: list(
    'Bank|Classified|Copyrighted|Credentials|Digital certificate|Internal|Medical|Payment|Personal|Secrets|Source code|System|Virtual currency|Other|Unknown',
  ),
  disclosure: list('No|Potentially|Yes|Unknown'),
  dataVictim: list('Customer|Employee|Partner|Patient|Student|Other|Unknown'),
  state: list(
    'Printed|Processed|Stored|Stored encrypted|Stored unencrypted|Transmitted|Transmitted encrypted|Transmitted unencrypted|Unknown',
  ),
  integrity: list(
    'Alter behavior|Created account|Defacement|Fraudulent transaction|Hardware tampering|Log tampering|Misrepresentation|Modify configuration|Modify data|Modify privileges|Repurpose|Software installation|Other|Unknown',
  ),
  availability: list('Acceleration|Degradation|Destruction|Interruption|Loss|Obscuration|Other|Unknown'),
};

/** How it was found: by whom, and in which way. Up to 1.3.2 in one text, `Int - log review`. */
export const DISCOVERY = {
  external: list(
    'Actor disclosure|Audit|Customer|Emergency response team|Found documents|Fraud detection|Incident response|Law enforcement|Monitoring service|Security researcher|Suspicious traffic|Unrelated 3rd party|Other|Unknown',
  ),
  internal: list(
    'Antivirus|Data loss prevention|Financial audit|Fraud detection|HIDS|Incident response|Infrastructure monitoring|IT review|Log review|NIDS|Reported by employee|Security alarm|Other|Unknown',
  ),
  partner: list('Antivirus|Audit|Incident response|Monitoring service|Other|Unknown'),
};

export const IMPACT = {
  loss: list(
    'Asset and fraud|Brand damage|Business disruption|Competitive advantage|Legal and regulatory|Operating costs|Response and recovery|Other',
  ),
  rating: list('Major|Minor|Moderate|None|Unknown'),
  overall: list('Catastrophic|Damaging|Distracting|Insignificant|Painful|Unknown'),
};

export const VICTIM_SIZES = list(
  '1 to 10|11 to 100|101 to 1000|1001 to 10000|10001 to 25000|25001 to 50000|50001 to 100000|Over 100000|Large|Small|Unknown',
);
export const SECURITY_INCIDENT = list('Confirmed|False positive|Near miss|Suspected');
export const CONFIDENCE = list('High|Low|Medium|None');
export const TARGETED = list('NA|Opportunistic|Targeted|Unknown');
export const CORRECTION_COST = list('Difficult and expensive|Simple and cheap|Something in-between|Unknown');
