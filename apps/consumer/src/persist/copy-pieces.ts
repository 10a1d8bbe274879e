/** About 60 KB. PostgreSQL parses a piece once it has all of it, so with small pieces it works while the next is sent. */
const PIECE_ROWS = 256;

/** The input of a COPY, in pieces. */
export function* copyPieces(rows: readonly { readonly line: string }[]): Generator<Buffer> {
  for (let at = 0; at < rows.length; at += PIECE_ROWS) {
    const lines = rows.slice(at, at + PIECE_ROWS).map(({ line }) => line);
    lines.push('');
    yield Buffer.from(lines.join('\n'));
  }
}
