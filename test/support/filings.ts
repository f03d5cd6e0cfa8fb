import type { Caller } from './api.js';

/** A body of `POST /incidents` with most of its facts. */
export const filing = (overrides: object = {}) => ({
  title: 'Phishing by SMS',
  description: 'Links to `login-bank.example`.',
  rsit: { class: 'fraud', type: 'phishing' },
  marking: { tlp: 'TLP:AMBER' },
  language: 'en',
  detectedAt: '2026-11-20T09:10:00+07:00',
  sector: 'finance',
  countries: ['VN', 'TH'],
  severity: { functionalImpact: 'degraded-critical', informationImpact: 'personal-data' },
  fraud: {
    modus: 'Copied sign-in page',
    channel: 'sms',
    impersonated: 'Example Bank',
    loss: { amount: '12500.00', currency: 'VND' },
    victims: 14,
  },
  techniques: ['T1566.002'],
  tags: ['campaign:name="lotus"'],
  externalReferences: [{ source: 'ticket', id: 'VN-2026-118' }],
  ...overrides,
});

/** The body of a bulk stream. */
export const linesOf = (...lines: object[]): string => lines.map((line) => `${JSON.stringify(line)}\n`).join('');

export const release = (tlp: string, audience: unknown[]) => ({ marking: { tlp }, audience });

/** Files and submits one. */
export async function submitted(caller: Caller, overrides: object = {}): Promise<{ id: string; title: string }> {
  const made = await caller.post('incidents', filing(overrides));
  if (made.status !== 201) throw new Error(`Not filed: ${made.status} ${made.text}`);
  const moved = await caller.post(`incidents/${made.body.id}/submit`);
  if (moved.status !== 200) throw new Error(`Not submitted: ${moved.status} ${moved.text}`);
  return moved.body as { id: string; title: string };
}
