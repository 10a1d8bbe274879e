const KEYWORDS = new Set(['and', 'or', 'unless']);

export interface Selector {
  readonly metric: string;
  /** With its matchers, as written in the expression. */
  readonly text: string;
}

/** The selectors of an expression without ranges, each once. Supports the PromQL that this project uses. */
export function selectorsOf(expr: string): Selector[] {
  const bare = expr
    // Label names, as in by (topic) and on (part).
    .replace(/\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, ' ')
    .replace(/\[[^\]]*\]/g, ' ')
    .replace(/\boffset\s+\w+/g, ' ');
  const selectors = new Map<string, Selector>();
  for (const [text, metric = ''] of bare.matchAll(/(?<![\w.])([a-zA-Z_:][\w:]*)\b(?!\s*\()(?:\{[^}]*\})?/g)) {
    if (!KEYWORDS.has(metric)) selectors.set(text, { metric, text });
  }
  return [...selectors.values()];
}
