import { waitBehind, whyNotSendTo } from './webhook.rules.js';

describe('what a webhook may be sent to', () => {
  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.16.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    'fe80::1',
    'fc00::1',
    'fd00:ec2::254',
    '::ffff:127.0.0.1',
    '::ffff:a9fe:a9fe',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
  ])('%s is none', (address) => {
    expect(whyNotSendTo(address, false, [])).not.toBeNull();
  });

  it('is the public Internet by TLS, and what the operator allows', () => {
    expect(whyNotSendTo('9.9.9.9', false, [])).toBeNull();
    expect(whyNotSendTo('2620:fe::fe', false, [])).toBeNull();
    expect(whyNotSendTo('9.9.9.9', true, [])).not.toBeNull();
    expect(whyNotSendTo('10.1.2.3', true, ['10.1.0.0/16'])).toBeNull();
    expect(whyNotSendTo('10.2.2.3', false, ['10.1.0.0/16'])).not.toBeNull();
    expect(whyNotSendTo('::ffff:10.1.2.3', false, ['10.1.0.0/16'])).toBeNull();
  });
});

describe('what failed', () => {
  it('is tried again ten times in all, later each time, not all at once', () => {
    const waits = Array.from({ length: 9 }, (_, index) => waitBehind(index + 1, 0.5) ?? 0);
    expect(waits).toEqual(waits.toSorted((one, other) => one - other));
    expect(waits[0]).toBe(5_000);
    expect(waitBehind(10, 0.5)).toBeNull();
    expect(waitBehind(1, 0)).toBe(4_500);
    expect(waitBehind(1, 1)).toBe(5_500);
  });
});
