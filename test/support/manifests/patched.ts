/**
 * A copy of `value` with a JSON merge patch (RFC 7386): null removes. Besides, a patch such as { 0: {…} } changes an item of a
 * list, or adds one.
 */
export function patched(value: unknown, patch: unknown): unknown {
  if (patch === null || typeof patch !== 'object' || Array.isArray(patch)) return patch;
  const copy: Record<string, unknown> = value !== null && typeof value === 'object' ? { ...value } : {};
  for (const [key, change] of Object.entries(patch)) {
    if (change === null) delete copy[key];
    else copy[key] = patched(copy[key], change);
  }
  return Array.isArray(value) ? Object.values(copy) : copy;
}
