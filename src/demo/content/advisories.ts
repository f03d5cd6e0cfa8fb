/** A public advisory of a member's CERT. Products, makers and addresses are of nobody: of reserved names and ranges. */
export interface DemoAdvisory {
  /** Of the member whose CERT issues it. */
  country: string;
  daysAgo: number;
  title: string;
  summary: string;
  body: string;
  kind: 'vulnerability' | 'threat' | 'fraud-campaign' | 'guidance';
  product?: { vendor: string; name: string; before: string };
  vulnerability?: { title: string; description: string; cwe: string; cvss31: string };
  indicator?: { type: string; value: string };
}

type Told = Omit<DemoAdvisory, 'country' | 'daysAgo'>;

const gateway = (name: string, before: string, what: string, cwe: string, cvss31: string): Told => ({
  title: `${name}: ${what.toLowerCase()}`,
  summary: `${what} in ${name} before ${before}. Install the version that the maker offers.`,
  body: `## What happens\n\n${what}.\n\n## What to do\n\n1. Install **${before}** or later.\n2. Look for sign-ins that nobody can explain.`,
  kind: 'vulnerability',
  product: { vendor: 'Example Networks', name, before },
  vulnerability: { title: what, description: `${what}. No account is needed.`, cwe, cvss31 },
});

const TOLD: readonly Told[] = [
  gateway(
    'Example Gateway',
    '4.2.7',
    'An empty password passes',
    'CWE-287',
    'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
  ),
  {
    title: 'Calls in the name of a parcel service',
    summary: 'Callers say that a parcel is held, and ask for a fee and a one-time code.',
    body: '## What to do\n\n- Hang up, and call the number on the receipt.\n- Give no code to anybody who calls.',
    kind: 'fraud-campaign',
    indicator: { type: 'domain', value: 'parcel-fee.example' },
  },
  {
    title: 'Second factors for every remote access',
    summary: 'Most break-ins of this quarter used a password alone.',
    body: '## What to do\n\n- Ask for a second factor wherever somebody signs in from outside.\n- Close accounts that nobody has used for 90 days.',
    kind: 'guidance',
  },
  gateway('Example Mail', '9.1.0', 'A header runs commands', 'CWE-78', 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:L'),
  {
    title: 'Ransomware that comes by remote desktops',
    summary: 'Desktops that answer to the Internet are guessed open and encrypted within hours.',
    body: '## What to do\n\n- Put remote desktops behind a gateway.\n- Keep one backup where no server can write.',
    kind: 'threat',
    indicator: { type: 'ipv4', value: '203.0.113.77' },
  },
  gateway(
    'Example Cache',
    '2.0.3',
    'Memory is read beyond its end',
    'CWE-125',
    'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N',
  ),
  {
    title: 'Shops that deliver nothing',
    summary: 'Copies of known shops take payment by transfer alone and deliver nothing.',
    body: '## What to do\n\n- Look the shop up before you pay.\n- Report the account to your bank at once: an hour decides.',
    kind: 'fraud-campaign',
    indicator: { type: 'domain', value: 'cheap-phones.example' },
  },
  gateway(
    'Example Portal',
    '6.4.1',
    'A form runs scripts of others',
    'CWE-79',
    'CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N',
  ),
];

const DAYS_APART = 3;

/** One of each member's CERT, in the region's order, so that nobody has more than another. */
export const demoAdvisories = (countries: readonly string[]): DemoAdvisory[] =>
  countries.map((country, at) => ({
    country,
    daysAgo: 4 + at * DAYS_APART,
    ...(TOLD[at % TOLD.length] as Told),
  }));
