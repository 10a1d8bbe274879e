const QUOTE = 0x22;
const BYTE_ORDER_MARK = Buffer.from('\ufeff');

/** The header line of a file, to recognize headers repeated between the rows, as in concatenated files. */
export class HeaderLine {
  /** 1 for each first byte of a column name. */
  private readonly initials = new Uint8Array(256);
  private readonly names: readonly string[];

  /** @param bytes without the line end */
  constructor(bytes: Buffer) {
    this.names = namesOf(bytes);
    for (const name of this.names) {
      const [initial] = Buffer.from(name);
      if (initial !== undefined) this.initials[initial] = this.initials[Buffer.from(name.toUpperCase())[0]!] = 1;
    }
    this.initials[BYTE_ORDER_MARK[0]!] = 1;
  }

  /** Whether the line at `pos` may be a header. Its first byte rules out nearly every row. */
  mayBeginAt(buffer: Buffer, pos: number): boolean {
    const first = buffer[pos]!;
    return this.initials[first === QUOTE ? buffer[pos + 1]! : first] === 1;
  }

  /** Compares a line with the header: the same columns, the same in another order, or something else. */
  compare(line: Buffer): 'same' | 'reordered' | 'other' {
    const names = namesOf(line);
    if (names.length !== this.names.length) return 'other';
    if (names.every((name, index) => name === this.names[index])) return 'same';
    return [...names].sort().join() === [...this.names].sort().join() ? 'reordered' : 'other';
  }
}

function namesOf(line: Buffer): string[] {
  const start = line.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length : 0;
  return line
    .toString('utf8', start)
    .split(',')
    .map((name) => name.replaceAll('"', '').trim().toLowerCase());
}
