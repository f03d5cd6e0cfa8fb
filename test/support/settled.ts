import { KeepReceipts } from '../../src/modules/sharing/index.js';
import type { TestApp } from './test-app.js';

/** Receipts that a node holds for up to a second are written: each waits for its own alone. */
export const settled = async ({ nodes }: TestApp): Promise<void> => {
  await Promise.all(nodes.map((node) => node.get(KeepReceipts, { strict: false }).settle()));
};
