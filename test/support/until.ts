export interface UntilOptions {
  /** What is waited for, for the message when it does not come. */
  what: string;
  withinMs?: number;
}

/**
 * Waits for something to become true, and not a moment longer: the one place in the tests with a timer.
 * @param condition asked again and again, at most every 20 ms; anything truthy ends the wait and is returned. What it throws the last time is shown.
 * @throws Error that names `what` after `withinMs` (10 s unless told).
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  { what, withinMs = 10_000 }: UntilOptions,
): Promise<NonNullable<T>> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    let thrown: unknown;
    try {
      const result = await condition();
      if (result) return result;
    } catch (error) {
      thrown = error;
    }
    if (performance.now() > deadline) throw new Error(`Waited ${withinMs} ms in vain for ${what}`, { cause: thrown });
    // eslint-disable-next-line no-restricted-globals -- the reason for this file
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
