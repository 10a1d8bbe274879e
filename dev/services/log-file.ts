import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';

const TAIL_BYTES = 8_192;

/** The last lines that a file holds beyond byte `from`; empty when there is no such file. */
function lastLines(file: string, count: number, from = 0): string[] {
  let fd: number;
  try {
    fd = openSync(file, 'r');
  } catch {
    return [];
  }
  try {
    const { size } = fstatSync(fd);
    const start = Math.max(from, size - TAIL_BYTES);
    const buffer = Buffer.alloc(Math.max(0, size - start));
    readSync(fd, buffer, 0, buffer.length, start);
    return buffer.toString('utf8').trimEnd().split('\n').slice(-count);
  } finally {
    closeSync(fd);
  }
}

/** Does the file hold `text` beyond byte `from`? */
export function logContains(file: string, from: number, text: string): boolean {
  try {
    return readFileSync(file).subarray(from).includes(text);
  } catch {
    return false;
  }
}

/** What to append to an error about a server or tool that writes this log. */
export function quoteLog(file: string, from = 0): string {
  const lines = lastLines(file, 15, from).filter((line) => line.trim() !== '');
  const quoted = lines.length === 0 ? '(the log is empty)' : lines.map((line) => `  | ${line}`).join('\n');
  return `The whole log: ${file}. Its last lines:\n${quoted}`;
}
