/** Keeps a name of any writing direction from turning the words around it (U+2068, U+2069). */
export function isolate(name: string): string {
  return `\u2068${name}\u2069`;
}
