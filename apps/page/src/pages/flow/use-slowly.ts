import { useRef } from 'preact/hooks';

/** Often enough to watch, seldom enough to read. */
const EVERY_MS = 5000;

/** What `make` makes of the newest value, but the same result for some seconds. It begins anew if the value was empty. */
export function useSlowly<Value extends readonly unknown[], Result>(
  value: Value,
  make: (value: Value) => Result,
): Result {
  const made = useRef<{ readonly at: number; readonly isEmpty: boolean; readonly result: Result }>(undefined);
  const at = performance.now();
  if (made.current === undefined || (made.current.isEmpty && value.length > 0) || at - made.current.at >= EVERY_MS) {
    made.current = { at, isEmpty: value.length === 0, result: make(value) };
  }
  return made.current.result;
}
