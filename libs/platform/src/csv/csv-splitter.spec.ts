import { describe, expect, it } from '@jest/globals';
import { CsvRow, type CsvLimits, type CsvRecord } from './csv-record.js';
import { CsvSplitter, type CsvSplitterOptions } from './csv-splitter.js';

type SimpleRecord = [line: number, fieldsOrRaw: string[] | string, reason?: string];

/** A record in short form: its line, then its fields or its raw bytes (as latin1) and why they do not parse. */
function simplify(records: CsvRecord[]): SimpleRecord[] {
  return records.map((record) =>
    record instanceof CsvRow
      ? [record.line, record.fields]
      : [record.line, record.raw.toString('latin1'), record.reason],
  );
}

function split(
  chunks: readonly Buffer[],
  options: CsvSplitterOptions = {},
): { records: CsvRecord[]; emptyLines: number } {
  const splitter = new CsvSplitter(options);
  const records = [...chunks.flatMap((chunk) => splitter.push(chunk)), ...splitter.end()];
  return { records, emptyLines: splitter.emptyLines };
}

/** Splits the content at every position; the result must always be the same. */
function splitEverywhere(content: string | Buffer, options: CsvSplitterOptions = {}): SimpleRecord[] {
  const bytes = Buffer.from(content as string);
  const whole = simplify(split([bytes], options).records);
  for (let at = 0; at <= bytes.length; at++) {
    const halves = [bytes.subarray(0, at), bytes.subarray(at)];
    expect([at, simplify(split(halves, options).records)]).toEqual([at, whole]);
  }
  const singly = Array.from(bytes, (byte) => Buffer.of(byte));
  expect(simplify(split(singly, options).records)).toEqual(whole);
  return whole;
}

const limited = (limits: Partial<CsvLimits>): CsvSplitterOptions => ({
  limits: { maxRecordBytes: 1_000, maxRecordLines: 1_000, ...limits },
});

describe('CsvSplitter', () => {
  const cases: [name: string, content: string | Buffer, expected: SimpleRecord[]][] = [
    [
      'plain lines',
      'a,b\n1,2\n,\n',
      [
        [1, ['a', 'b']],
        [2, ['1', '2']],
        [3, ['', '']],
      ],
    ],
    [
      'CRLF',
      'a,b\r\n1,2\r\n',
      [
        [1, ['a', 'b']],
        [2, ['1', '2']],
      ],
    ],
    [
      'a last line without newline',
      'a,b\n1,2',
      [
        [1, ['a', 'b']],
        [2, ['1', '2']],
      ],
    ],
    [
      'a last line that ends in CR',
      'a,b\r\n1,"2"\r',
      [
        [1, ['a', 'b']],
        [2, ['1', '2']],
      ],
    ],
    [
      'a byte order mark',
      '\ufeffa,b\n1,2\n',
      [
        [1, ['a', 'b']],
        [2, ['1', '2']],
      ],
    ],
    [
      'a mark in a later line is data',
      'a,b\n\ufeff1,2\n',
      [
        [1, ['a', 'b']],
        [2, ['\ufeff1', '2']],
      ],
    ],
    [
      'empty lines, counted in the line numbers',
      '\n\na,b\n\r\n1,2\n\n',
      [
        [3, ['a', 'b']],
        [5, ['1', '2']],
      ],
    ],
    ['an empty file', '', []],
    [
      'quoted commas and quotes',
      'a,b\n"1,""x""",2\n',
      [
        [1, ['a', 'b']],
        [2, ['1,"x"', '2']],
      ],
    ],
    [
      'quoted empty fields',
      'a,b\n"",""\n',
      [
        [1, ['a', 'b']],
        [2, ['', '']],
      ],
    ],
    [
      'quoted newlines',
      'a,b\n1,"x\ny\r\nz"\r\n3,4\n',
      [
        [1, ['a', 'b']],
        [2, ['1', 'x\ny\r\nz']],
        [5, ['3', '4']],
      ],
    ],
    [
      'a quoted header',
      '"a","b"\n1,2\n',
      [
        [1, ['a', 'b']],
        [2, ['1', '2']],
      ],
    ],
    [
      'a quoted last field without newline',
      'a,b\n1,"2"',
      [
        [1, ['a', 'b']],
        [2, ['1', '2']],
      ],
    ],
    [
      'characters of several bytes',
      'a,b\né,"ж,𝄞"\nü,2\n',
      [
        [1, ['a', 'b']],
        [2, ['é', 'ж,𝄞']],
        [3, ['ü', '2']],
      ],
    ],
    [
      'too few and too many fields',
      'a,b\n1\n1,2,3\n4,5\n',
      [
        [1, ['a', 'b']],
        [2, '1', '1 fields instead of 2'],
        [3, '1,2,3', '3 fields instead of 2'],
        [4, ['4', '5']],
      ],
    ],
    [
      'too many fields with quotes',
      'a,b\n"1",2,3\n4,5\n',
      [
        [1, ['a', 'b']],
        [2, '"1",2,3', '3 fields instead of 2'],
        [3, ['4', '5']],
      ],
    ],
    [
      'a stray quote',
      'a,b\n1,x"y\r\n3,4\n',
      [
        [1, ['a', 'b']],
        [2, '1,x"y', 'a quote inside an unquoted field'],
        [3, ['3', '4']],
      ],
    ],
    [
      'characters after a closing quote',
      'a,b\n"1"x,2\n3,4\n',
      [
        [1, ['a', 'b']],
        [2, '"1"x,2', 'characters after a closing quote'],
        [3, ['3', '4']],
      ],
    ],
    [
      'a CR after a closing quote',
      'a,b\n"1"\rx,2\n3,4\n',
      [
        [1, ['a', 'b']],
        [2, '"1"\rx,2', 'characters after a closing quote'],
        [3, ['3', '4']],
      ],
    ],
    [
      'an unclosed quote up to the end: only its line is lost',
      'a,b\n1,"x\n3,4\n5,6\n',
      [
        [1, ['a', 'b']],
        [2, '1,"x', 'an unclosed quote'],
        [3, ['3', '4']],
        [4, ['5', '6']],
      ],
    ],
    [
      'an unclosed quote before a quoted line: only its line is lost',
      'a,b\n1,"x\n3,"4"\n5,6\n',
      [
        [1, ['a', 'b']],
        [2, '1,"x', 'characters after a closing quote'],
        [3, ['3', '4']],
        [4, ['5', '6']],
      ],
    ],
    [
      'an unclosed quote that a later one closes by chance',
      'a,b\n1,"x\n3,"\n5,6\n',
      [
        [1, ['a', 'b']],
        [2, ['1', 'x\n3,']],
        [4, ['5', '6']],
      ],
    ],
    [
      'bytes that are not UTF-8',
      Buffer.from('a,b\n1,\xff\n\xe9,"2"\n3,4\n', 'latin1'),
      [
        [1, ['a', 'b']],
        [2, '1,\xff', 'not valid UTF-8'],
        [3, '\xe9,"2"', 'not valid UTF-8'],
        [4, ['3', '4']],
      ],
    ],
  ];
  it.each(cases)('splits %s', (_name, content, expected) => {
    expect(splitEverywhere(content)).toEqual(expected);
  });

  it('counts empty lines', () => {
    expect(split([Buffer.from('\na,b\n\r\n1,2\n\n')]).emptyLines).toBe(3);
  });

  it('returns a line longer than the limit in parts without losing a byte', () => {
    const long = 'x'.repeat(25);
    const reason = 'a line longer than 10 bytes';
    expect(splitEverywhere(`a,b\n${long}\r\n1,2\n`, limited({ maxRecordBytes: 10 }))).toEqual([
      [1, ['a', 'b']],
      [2, 'x'.repeat(10), reason],
      [2, 'x'.repeat(10), reason],
      [2, 'x'.repeat(5), reason],
      [3, ['1', '2']],
    ]);
  });

  it('accepts a line of exactly the limit', () => {
    expect(splitEverywhere('a,b\n12345,7890', limited({ maxRecordBytes: 10 }))).toEqual([
      [1, ['a', 'b']],
      [2, ['12345', '7890']],
    ]);
  });

  it('rereads a line longer than the limit from its beginning when it resumes within it', () => {
    const content = Buffer.from(`a,b\n${'x'.repeat(25)}\n1,2\n`);
    const { records } = split([content], limited({ maxRecordBytes: 10 }));
    expect(records.map(({ nextOffset, nextLine }) => [nextOffset, nextLine])).toEqual([
      [4, 2],
      [4, 2],
      [4, 2],
      [30, 3],
      [34, 4],
    ]);
  });

  it.each([
    ['bytes', { maxRecordBytes: 20 }, 'a quoted record longer than 20 bytes'],
    ['lines', { maxRecordLines: 3 }, 'an unclosed quote (3 lines read)'],
  ])('gives up an unclosed quote after the limit of %s, not at the end of the file', (_name, limits, reason) => {
    const lines = Array.from({ length: 50 }, (_, i) => `${i},y\n`).join('');
    const simplified = splitEverywhere(`a,b\n1,"x\n${lines}`, limited(limits));
    expect(simplified.slice(0, 3)).toEqual([
      [1, ['a', 'b']],
      [2, '1,"x', reason],
      [3, ['0', 'y']],
    ]);
    expect(simplified).toHaveLength(52);
  });

  it('resumes after every record as if it had read everything before', () => {
    const content = Buffer.from('\ufeffa,b\r\n1,"x\ny"\n\nbad\nж,2\r\n"q",""""\nlast,line');
    const { records } = split([content]);
    expect(records).toHaveLength(6);
    for (const [index, { nextOffset, nextLine }] of records.entries()) {
      const resumed = split([content.subarray(nextOffset)], {
        fieldCount: 2,
        start: { offset: nextOffset, line: nextLine },
      });
      expect(simplify(resumed.records)).toEqual(simplify(records.slice(index + 1)));
      expect(resumed.records.map((record) => record.nextOffset)).toEqual(
        records.slice(index + 1).map((record) => record.nextOffset),
      );
    }
  });

  it('skips and counts a header repeated between the rows, also when it resumes after the first', () => {
    const content = 'id,Name\n1,a\nid,Name\n"ID", name\r\n\ufeffid,Name\n2,id\nid,b\n';
    const expected: SimpleRecord[] = [
      [1, ['id', 'Name']],
      [2, ['1', 'a']],
      [6, ['2', 'id']],
      [7, ['id', 'b']],
    ];
    expect(splitEverywhere(content)).toEqual(expected);
    const resumed = new CsvSplitter({ fieldCount: 2, header: Buffer.from('id,Name'), start: { offset: 8, line: 2 } });
    expect(simplify(resumed.push(Buffer.from(content.slice(8))))).toEqual(expected.slice(1));
    expect(resumed.repeatedHeaders).toBe(3);
  });

  it('ends before a header with the columns in another order', () => {
    const splitter = new CsvSplitter();
    const records = splitter.push(Buffer.from('id,name\n1,a\nname,id\nb,2\n'));
    expect(simplify(records)).toEqual([
      [1, ['id', 'name']],
      [2, ['1', 'a']],
    ]);
    expect(splitter.foreignHeaderLine).toBe(3);
    expect([...splitter.push(Buffer.from('c,3\n')), ...splitter.end()]).toEqual([]);
  });

  it('scans a line in many pieces only once', () => {
    // Not a header, whose names are compared as well.
    const splitter = new CsvSplitter({ fieldCount: 2_000_001 });
    const piece = Buffer.alloc(1_000, 'x,');
    // CPU time, because the machine may be busy.
    const before = process.cpuUsage();
    // A quadratic algorithm would examine 8 billion bytes.
    for (let i = 0; i < 4_000; i++) splitter.push(piece);
    const [line] = splitter.push(Buffer.from('\n')) as [CsvRow];
    expect(line.end - line.start).toBe(4_000_000);
    expect(process.cpuUsage(before).user).toBeLessThan(3_000_000);
  });
});
