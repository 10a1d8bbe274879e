/**
 * Waits for `work` until the signal aborts. For work that cannot be interrupted, such as a kafkajs call to a broker that hangs; it
 * continues in the background.
 *
 * @throws an error of `work`; the reason of the signal when it aborts first.
 */
export async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason as Error);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
