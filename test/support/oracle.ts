import { readFile } from 'node:fs/promises';
import { COLUMN_NAMES, contract, type Reason } from '#schema/contract.js';
import { identityOf, martLine, reasonsText, type Mart } from './mart.js';

/** The expected outcome of a generated file. */
export interface Expected {
  /** Data rows of the file. */
  readonly rows: number;
  readonly mart: Mart;
  /** Reasons by record identity (see mart.ts). The bad rows of a generated file are all different. */
  readonly quarantine: ReadonlyMap<string, string>;
}

type Expectation = { readonly reasons: readonly Reason[] } | { readonly row: Readonly<Record<string, string>> };

const NEWLINE = 0x0a;
const QUOTE = '"';
const VERSION = COLUMN_NAMES.indexOf(contract.versionColumn);

/**
 * Computes the expected outcome of a generated file from the generator's list of altered rows. Uses neither the CSV reader nor
 * the cleaner of the pipeline.
 *
 * @param expectedFile the generator's expected.jsonl
 */
export async function expectedOf(file: string, expectedFile: string): Promise<Expected> {
  const expectations = await readExpectations(expectedFile);
  const lines = splitLines(await readFile(file));
  if (lines[0]!.toString() !== COLUMN_NAMES.join(',')) throw new Error(`${file} has other columns than the contract`);

  const newest = new Map<string, (string | null)[]>();
  const quarantine = new Map<string, string>();
  let rows = 0;
  for (let at = 1; at < lines.length; rows++) {
    const line = at + 1;
    const expectation = expectations.get(line);
    const unparsable = expectation && 'reasons' in expectation && expectation.reasons[0]!.reason === 'unparsable_line';
    let text = lines[at]!.toString();
    if (!unparsable) while (isOpen(text)) text += `\n${lines[++at]!.toString()}`;

    if (expectation && 'reasons' in expectation) {
      const identity = unparsable ? identityOf(lines[at]!, line) : identityOf(recordOf(splitFields(text)));
      quarantine.set(identity, reasonsText(expectation.reasons));
    } else {
      const row = expectation?.row ?? {};
      const values = splitFields(text).map((field, i) => (row[COLUMN_NAMES[i]!] ?? field) || null);
      const other = newest.get(values[0]!);
      if (!other || other[VERSION]! < values[VERSION]!) newest.set(values[0]!, values);
    }
    at++;
  }
  return { rows, mart: new Map([...newest].map(([id, values]) => [id, martLine(values)])), quarantine };
}

async function readExpectations(path: string): Promise<Map<number, Expectation>> {
  const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '');
  const parsed = lines.map((line) => JSON.parse(line) as Expectation & { line: number });
  return new Map(parsed.map((expectation) => [expectation.line, expectation]));
}

function splitLines(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let start = 0; start < bytes.length;) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline < 0 ? bytes.length : newline;
    lines.push(bytes.subarray(start, end));
    start = end + 1;
  }
  return lines;
}

/** Whether a quoted field continues on the next line. */
function isOpen(text: string): boolean {
  return text.includes(QUOTE) && text.split(QUOTE).length % 2 === 0;
}

function splitFields(text: string): string[] {
  if (!text.includes(QUOTE)) return text.split(',');
  const fields = text.matchAll(/(?<=^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g);
  return [...fields].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain!);
}

/** The record that the producer sends for a row: the strings of the file, without empty fields. */
function recordOf(fields: readonly string[]): Buffer {
  const present = fields.flatMap((field, i) => (field === '' ? [] : [[COLUMN_NAMES[i]!, field]]));
  return Buffer.from(JSON.stringify(Object.fromEntries(present)));
}
