/** Does the same with each item, at most so many at once; after a failure no other is begun. */
export async function eachOf<T>(
  items: readonly T[],
  atOnce: number,
  act: (item: T, at: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  let hasFailed = false;
  const line = async (): Promise<void> => {
    while (next < items.length && !hasFailed) {
      const at = next++;
      try {
        await act(items[at] as T, at);
      } catch (error) {
        hasFailed = true;
        throw error;
      }
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: atOnce }, line));
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed) throw failed.reason;
}
