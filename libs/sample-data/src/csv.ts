/**
 * Reads a small CSV text (RFC 4180) into records of fields. The last line needs no newline; empty lines are skipped.
 */
export function parseCsv(text: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  let field = '';
  let quoted = false;
  let begun = false;

  const endField = () => {
    record.push(field);
    field = '';
  };
  const endRecord = () => {
    endField();
    if (begun) records.push(record);
    record = [];
    begun = false;
  };

  for (let i = 0; i < text.length; i++) {
    const character = text[i]!;
    if (quoted) {
      if (character !== '"') field += character;
      else if (text[i + 1] === '"') field += text[++i]!;
      else quoted = false;
    } else if (character === '\n') {
      endRecord();
    } else if (character !== '\r') {
      begun = true;
      if (character === '"') quoted = true;
      else if (character === ',') endField();
      else field += character;
    }
  }
  endRecord();
  return records;
}

/** A field in CSV form, quoted only if necessary. */
export function csvField(text: string): string {
  return /[",\r\n]/.test(text) ? quoteField(text) : text;
}

export function quoteField(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
