/** A text as an SQL literal. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Texts as a list of SQL literals, as in `IN (…)`. */
export function literals(texts: readonly string[]): string {
  return texts.map(literal).join(', ');
}
