import type { Region } from '../../kernel/region.js';
import { memberStates } from '../../kernel/region.js';
import type { DemoGroup } from './plan.js';

const GROUPS: readonly DemoGroup[] = [
  {
    name: 'Online Fraud Desk',
    purpose: 'National CERTs whose banks and wallets trace scam payments across borders within the hour.',
    members: ['KH', 'ID', 'MY', 'PH', 'SG', 'TH', 'VN'],
  },
  {
    name: 'Ports and Power Circle',
    purpose: 'Incidents at ports, shipping lines, power and water suppliers, with their control systems.',
    members: ['BN', 'ID', 'MY', 'PH', 'SG', 'TL', 'VN'],
  },
  {
    name: 'Mekong Watch',
    purpose: 'Neighbours along the river: shared networks, shared languages, shared cases.',
    members: ['KH', 'LA', 'MM', 'TH', 'VN'],
  },
];

/**
 * The demo's sharing groups. In a region that holds fewer than two of a group's countries, every second or third member
 * takes their place, so that any region file gives a working demo.
 */
export function demoGroups(region: Region): DemoGroup[] {
  const codes = memberStates(region).map(({ code }) => code);
  return GROUPS.map((group, at) => {
    const present = codes.filter((code) => group.members.includes(code));
    const members = present.length >= 2 ? present : codes.filter((_, place) => place % (at + 1) === 0);
    return { ...group, members };
  });
}
