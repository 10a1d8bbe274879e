import { type ColumnName } from '../message.js';
import { type Prng } from '../prng.js';
import { BREAKAGES, inOrder, type Breakage } from './breakage.js';
import { type Expectation, type Reason } from './expectation.js';
import { ODD, REPAIRED, type Harmless } from './harmless.js';
import { positionOf, RawRow } from './raw-row.js';
import { BROKEN_LINES, type BrokenLine } from './unparsable.js';

/** An altered row as written to the file, without its newline. */
export interface DirtyLine {
  readonly bytes: Buffer;
  /** Number of physical lines. */
  readonly lines: number;
  readonly kind: DirtKind;
  readonly expectation: Expectation;
}

/** Rejected, accepted with a repair, or accepted although written unusually. */
export type DirtKind = 'bad' | 'repaired' | 'odd';

interface Way {
  readonly name: string;
  /** The maximum in the whole file; undefined: unlimited. */
  readonly most?: number;
  make(line: string, turn: number, prng: Prng): DirtyLine;
}

/** The contract takes records of up to 1 MiB. */
const LARGE_VALUE = 1_048_577;
const MAX_LARGE_ROWS = 3;
/** The number of ways to give a row several reasons. */
const SEVERAL_WAYS = 8;
const NEWLINE = 0x0a;

const WAYS: readonly Way[] = [
  ...BREAKAGES.map((breakage) => broken(breakage.name, () => [breakage])),
  ...Array.from({ length: SEVERAL_WAYS }, (_, index) =>
    broken(`several reasons (${index + 1})`, (prng) => independent(prng, 2 + (index % 4))),
  ),
  broken('a reason for every group of columns', (prng) => independent(prng, BREAKAGES.length)),
  ...BROKEN_LINES.map(unparsable),
  tooLarge(),
  ...REPAIRED.map((harmless) => accepted(harmless, 'repaired')),
  ...ODD.map((harmless) => accepted(harmless, 'odd')),
];

/**
 * Alters rows in every way in turn: the first altered rows of a file use each way once, in an order that depends on the seed.
 */
export class Dirt {
  private readonly turns = new Map<Way, number>();
  private queue: Way[] = [];

  constructor(private readonly prng: Prng) {}

  /** @param line a clean line of the generator */
  alter(line: string): DirtyLine {
    for (;;) {
      if (this.queue.length === 0) this.queue = this.prng.shuffle([...WAYS]);
      const way = this.queue.pop()!;
      const turn = this.turns.get(way) ?? 0;
      if (turn === way.most) continue;
      this.turns.set(way, turn + 1);
      return way.make(line, turn, this.prng);
    }
  }
}

/** The number of altered rows that use every way once. */
export const DIRTY_WAYS = WAYS.length;

function broken(name: string, choose: (prng: Prng) => readonly Breakage[]): Way {
  return {
    name,
    make: (line, turn, prng) => {
      const row = new RawRow(line);
      const reasons: Reason[] = [];
      for (const breakage of choose(prng)) {
        breakage.apply(row, turn, prng);
        reasons.push(...breakage.reasons);
      }
      return dirtyLine(Buffer.from(row.toLine()), 'bad', { reasons: inOrder(reasons) });
    },
  };
}

/** Independent breakages, one from each group: `most`, or fewer if there are not enough groups. */
function independent(prng: Prng, most: number): Breakage[] {
  const groups = new Set<string>();
  const chosen: Breakage[] = [];
  for (const breakage of prng.shuffle([...BREAKAGES])) {
    if (chosen.length === most) break;
    if (groups.has(breakage.group)) continue;
    groups.add(breakage.group);
    chosen.push(breakage);
  }
  return chosen;
}

function unparsable(broken: BrokenLine): Way {
  return {
    name: broken.name,
    make: (line, turn, prng) =>
      dirtyLine(broken.make(line, turn, prng), 'bad', { reasons: [{ column: null, reason: 'unparsable_line' }] }),
  };
}

function tooLarge(): Way {
  return {
    name: 'too large',
    most: MAX_LARGE_ROWS,
    make: (line) => {
      const row = new RawRow(line);
      row.set('category', 'x'.repeat(LARGE_VALUE));
      return dirtyLine(Buffer.from(row.toLine()), 'bad', { reasons: [{ column: null, reason: 'too_large' }] });
    },
  };
}

function accepted(harmless: Harmless, kind: DirtKind): Way {
  return {
    name: harmless.name,
    make: (line, turn) => {
      const row = new RawRow(line);
      const clean = Object.entries(harmless.apply(row, turn)) as [ColumnName, string][];
      const changed = clean
        .filter(([column, value]) => row.field(positionOf(column)) !== value)
        .sort(([one], [other]) => positionOf(one) - positionOf(other));
      return dirtyLine(Buffer.from(row.toLine()), kind, {
        row: Object.fromEntries(changed),
        repairs: harmless.repairs,
      });
    },
  };
}

function dirtyLine(bytes: Buffer, kind: DirtKind, expectation: Expectation): DirtyLine {
  let lines = 1;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) lines++;
  return { bytes, lines, kind, expectation };
}
