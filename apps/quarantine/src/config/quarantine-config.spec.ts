import { describe, expect, it } from '@jest/globals';
import { readQuarantineOptions } from './quarantine-config.js';

describe('the command line of quarantine', () => {
  it('is read', () => {
    expect(
      readQuarantineOptions([
        'edit',
        '0123abcd',
        '--set',
        'platform=a=b',
        '--clear',
        'stream',
        '--dry-run',
        '--author',
        'ada',
        '--note',
        'why',
      ]),
    ).toEqual({
      command: 'edit',
      filter: { entries: ['0123abcd'], states: [] },
      change: { platform: 'a=b', stream: null },
      ...{ isDryRun: true, all: false, again: false, rate: 1000, most: undefined, author: 'ada', note: 'why' },
    });
    expect(
      readQuarantineOptions(
        'redrive --state open --state parked --reason missing --column id --partition 0 --since 2026-12-01 --until 2026-12-01T10:00:00'.split(
          ' ',
        ),
      ).filter,
    ).toEqual({
      entries: [],
      states: ['open', 'parked'],
      ...{ reason: 'missing', column: 'id', partition: 0 },
      ...{ since: '2026-12-01T00:00:00.000Z', until: '2026-12-01T10:00:00.000Z' },
    });
  });

  it.each<[string, string]>([
    ['', 'A command is missing.'],
    ['mend', 'There is no command "mend".'],
    ['redrive', 'redrive needs ids of entries, or a filter such as --state open.'],
    ['discard --note x', 'discard needs ids of entries'],
    ['discard --state open', 'discard needs --note'],
    ['reopen --state discarded', 'reopen needs ids of entries.'],
    ['list --state lost', '--state: "lost" is none of open, parked,'],
    ['list --reason bad', '--reason: "bad" is none of'],
    ["show x'OR1", `"x'OR1" is not the id of an entry.`],
    ['show 0123abc', '"0123abc" is not the id of an entry.'],
    ['show 0123abcd 0123abce', 'show needs the id of one entry.'],
    ['show 0123abcd --state open', 'show needs the id of one entry.'],
    ['edit 0123abcd', 'edit needs --set or --clear.'],
    ['edit 0123abcd --set x=1', '--set and --clear: "x" is none of id,'],
    ['edit 0123abcd --set channel', '--set "channel" must be COLUMN=VALUE.'],
    ['redrive 0123abcd --set channel=sms', 'redrive takes no --set and no --clear.'],
    ['list --since tomorrow', '--since "tomorrow" must be a time'],
    ['list --partition -1', "Option '--partition' argument is ambiguous"],
    ['redrive --state open --rate 0', '--rate "0" must be an integer of at least 1.'],
    ['list --colour', "Unknown option '--colour'"],
  ])('%j is refused: %s', (line, problem) => {
    const read = () => readQuarantineOptions(line.split(' ').filter((word) => word !== ''));
    expect(read).toThrow(problem);
    expect(read).toThrow('Usage: npm run quarantine -- COMMAND');
  });
});
