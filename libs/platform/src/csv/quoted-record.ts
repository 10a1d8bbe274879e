import type { CsvLimits } from './csv-record.js';

const QUOTE = 0x22;
const COMMA = 0x2c;
const LF = 0x0a;
const CR = 0x0d;

export type QuotedRecord =
  | { readonly kind: 'record'; readonly fields: string[]; readonly next: number; readonly lines: number }
  | { readonly kind: 'more' }
  | { readonly kind: 'error'; readonly reason: string };

const MORE: QuotedRecord = { kind: 'more' };

/**
 * Parses one RFC 4180 record that begins at `start` and contains a quote. Works on bytes, because in UTF-8 no byte of a multi-byte
 * character equals a delimiter.
 *
 * @param final whether nothing follows `buffer`; if so, the result is never `more`
 */
export function parseQuotedRecord(buffer: Buffer, start: number, final: boolean, limits: CsvLimits): QuotedRecord {
  const fields: string[] = [];
  let lines = 1;
  let pos = start;

  for (;;) {
    if (buffer[pos] !== QUOTE) {
      const end = endOfPlainField(buffer, pos);
      if (buffer[end] === QUOTE) return error('a quote inside an unquoted field');
      if (end === buffer.length && !final) return more(buffer, start, limits);
      if (buffer[end] === COMMA) {
        fields.push(buffer.toString('utf8', pos, end));
        pos = end + 1;
        continue;
      }
      fields.push(buffer.toString('utf8', pos, end > pos && buffer[end - 1] === CR ? end - 1 : end));
      return record(fields, Math.min(end + 1, buffer.length), lines);
    }

    let close = pos + 1;
    let escapes = false;
    for (;;) {
      const quote = buffer.indexOf(QUOTE, close);
      lines += countNewlines(buffer, close, quote === -1 ? buffer.length : quote, limits.maxRecordLines);
      if (lines > limits.maxRecordLines) return error(`an unclosed quote (${limits.maxRecordLines} lines read)`);
      if (quote === -1) return final ? error('an unclosed quote') : more(buffer, start, limits);
      // The byte after a quote decides whether it closes the field.
      if (quote + 1 === buffer.length && !final) return more(buffer, start, limits);
      close = quote + 1;
      if (buffer[close] !== QUOTE) break;
      escapes = true;
      close += 1;
    }
    if (close - start > limits.maxRecordBytes) return error(tooLong(limits));
    const text = buffer.toString('utf8', pos + 1, close - 1);
    fields.push(escapes ? text.replaceAll('""', '"') : text);

    if (buffer[close] === COMMA) {
      pos = close + 1;
      continue;
    }
    if (buffer[close] === CR) {
      if (close + 1 === buffer.length && !final) return more(buffer, start, limits);
      close += 1;
    }
    if (close === buffer.length) return record(fields, close, lines);
    if (buffer[close] === LF) return record(fields, close + 1, lines);
    return error('characters after a closing quote');
  }
}

function endOfPlainField(buffer: Buffer, start: number): number {
  let end = start;
  for (; end < buffer.length; end++) {
    const byte = buffer[end];
    if (byte === COMMA || byte === LF || byte === QUOTE) break;
  }
  return end;
}

function countNewlines(buffer: Buffer, start: number, end: number, atMost: number): number {
  let count = 0;
  for (let at = buffer.indexOf(LF, start); at !== -1 && at < end && count <= atMost; at = buffer.indexOf(LF, at + 1)) {
    count += 1;
  }
  return count;
}

function more(buffer: Buffer, start: number, limits: CsvLimits): QuotedRecord {
  return buffer.length - start > limits.maxRecordBytes ? error(tooLong(limits)) : MORE;
}

function record(fields: string[], next: number, lines: number): QuotedRecord {
  return { kind: 'record', fields, next, lines };
}

function error(reason: string): QuotedRecord {
  return { kind: 'error', reason };
}

function tooLong(limits: CsvLimits): string {
  return `a quoted record longer than ${limits.maxRecordBytes} bytes`;
}
