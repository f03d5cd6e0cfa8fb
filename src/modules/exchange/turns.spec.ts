import { Turns } from './turns.js';

it('runs what is under one key one at a time, in order, and other keys meanwhile; a failure is its caller’s alone', async () => {
  const turns = new Turns();
  const seen: string[] = [];
  const open = new Map<string, (fault?: Error) => void>();
  const begin = (key: string, name: string): Promise<string> => {
    const gate = new Promise<void>((resolve, reject) => {
      open.set(name, (fault) => (fault ? reject(fault) : resolve()));
    });
    return turns.take(key, async () => {
      seen.push(name);
      await gate;
      return name;
    });
  };
  const first = begin('a', 'first');
  const second = begin('a', 'second');
  const third = begin('a', 'third');
  const other = begin('b', 'other');
  open.get('third')!();
  open.get('other')!();
  await expect(other).resolves.toBe('other');
  expect(seen).toEqual(['first', 'other']);
  open.get('first')!(new Error('planted'));
  await expect(first).rejects.toThrow('planted');
  open.get('second')!();
  await expect(second).resolves.toBe('second');
  await expect(third).resolves.toBe('third');
  expect(seen).toEqual(['first', 'other', 'second', 'third']);
  // Whoever comes when all is quiet goes at once.
  const late = begin('a', 'late');
  open.get('late')!();
  await expect(late).resolves.toBe('late');
});
