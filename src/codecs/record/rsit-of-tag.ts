import { isRsitType } from '../../kernel/rsit.js';

/** The classification that a machine tag `rsit:fraud="phishing"` names; null where it is no such tag. */
export function rsitOfTag(tag: string): { class: string; type: string } | null {
  const [, rsitClass = '', type = ''] = /^rsit:([a-z-]+)="([a-z0-9-]+)"$/.exec(tag) ?? [];
  return isRsitType(rsitClass, type) ? { class: rsitClass, type } : null;
}
