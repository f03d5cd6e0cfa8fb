import { domainAndAbove, networkFault, parseAddress, textOfAddress } from './address.rules.js';

const read = (text: string): string | null => {
  const address = parseAddress(text);
  return address && textOfAddress(address);
};

describe('parseAddress', () => {
  it.each([
    ['192.0.2.77', '192.0.2.77/32'],
    ['192.0.2.77/24', '192.0.2.0/24'],
    ['198.51.100.255/25', '198.51.100.128/25'],
    ['2001:DB8::1', '2001:db8::1/128'],
    ['2001:db8:ffff:ffff::/33', '2001:db8:8000::/33'],
    ['::/16', '::/16'],
    ['::ffff:192.0.2.1', '::ffff:c000:201/128'],
    ['AS64500', 'AS64500'],
    ['as 64500', 'AS64500'],
    ['Mail.Bank.Example.', 'mail.bank.example'],
    ['ngânhàng.example', 'xn--nhng-1na5d38u.example'],
    ['_dmarc.bank.example', '_dmarc.bank.example'],
  ])('reads %s as %s', (text, expected) => {
    const found = read(text);
    if (expected.startsWith('xn--')) expect(found).toMatch(/^xn--[a-z0-9-]+\.example$/);
    else expect(found).toBe(expected);
  });

  it.each([
    '',
    'localhost',
    '192.0.2.1/33',
    '192.0.2',
    '1.2.3.4.5',
    'AS0',
    'AS4294967296',
    'a b.example',
    '-a.example',
    'fe80::1%eth0',
    '2001:db8::/129',
    '10.0.0.1/8/9',
    'x'.repeat(64) + '.example',
    'sites.example/view/fake-bank',
    'sites.example?x',
    'sites.example#x',
    'sites.example\\x',
    'si\ttes.example',
    'si%74es.example',
  ])('reads nothing from %s', (text) => expect(parseAddress(text)).toBeNull());

  it('lets nobody claim the world', () => {
    for (const wide of ['0.0.0.0/0', '10.0.0.0/7', '::/0', '2000::/3'])
      expect(networkFault(parseAddress(wide)!)).not.toBeNull();
    for (const fine of ['10.0.0.0/8', '2001:db8::/32', 'AS64500', 'gov.example'])
      expect(networkFault(parseAddress(fine)!)).toBeNull();
  });

  it('goes up from a name', () => {
    expect(domainAndAbove('a.b.example')).toEqual(['a.b.example', 'b.example', 'example']);
  });
});
