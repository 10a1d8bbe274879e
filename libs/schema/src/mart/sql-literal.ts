/** A text as an SQL literal, whatever standard_conforming_strings is: with a backslash as E'…', as PostgreSQL's quote_literal does. */
export function literal(text: string): string {
  const quoted = `'${text.replaceAll("'", "''")}'`;
  return text.includes('\\') ? `E${quoted.replaceAll('\\', '\\\\')}` : quoted;
}

/** Texts as a list of SQL literals, as in `IN (…)`. */
export function literals(texts: readonly string[]): string {
  return texts.map(literal).join(', ');
}
