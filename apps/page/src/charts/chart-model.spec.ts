import { describe, expect, it } from '@jest/globals';
import { firstPlace, move, nearestPlace, wordsText, type ChartModel, type Drawing } from './chart-model.js';

/** A grid from a text: `x` is a mark, `.` a gap. */
function grid(...lines: string[]): ChartModel {
  return {
    rows: lines.length,
    columns: lines[0]!.length,
    words: ({ row, column }) => (lines[row]![column] === 'x' ? { head: `${row}.${column}`, lines: [] } : null),
    table: () => ({ columns: [], rows: [] }),
  };
}

const at = (row: number, column: number) => ({ row, column });

describe('move', () => {
  const model = grid('x.x', 'xxx', '.xx');

  it('goes to the next mark in its direction, past gaps', () => {
    expect(move(model, at(0, 0), 'ArrowRight')).toEqual(at(0, 2));
    expect(move(model, at(0, 0), 'ArrowDown')).toEqual(at(1, 0));
    expect(move(model, at(2, 1), 'ArrowUp')).toEqual(at(1, 1));
  });

  it('stays where there is none', () => {
    expect(move(model, at(1, 0), 'ArrowDown')).toEqual(at(1, 0));
    expect(move(model, at(0, 0), 'ArrowLeft')).toEqual(at(0, 0));
    expect(move(model, at(0, 0), 'ArrowUp')).toEqual(at(0, 0));
  });

  it('goes to the ends of the row', () => {
    expect(move(model, at(2, 2), 'Home')).toEqual(at(2, 1));
    expect(move(model, at(0, 0), 'End')).toEqual(at(0, 2));
  });

  it('takes all arrows in a list', () => {
    const list = grid('x', '.', 'x');
    expect(move(list, at(0, 0), 'ArrowRight')).toEqual(at(2, 0));
    expect(move(list, at(2, 0), 'ArrowUp')).toEqual(at(0, 0));
    expect(move(list, at(0, 0), 'End')).toEqual(at(2, 0));
    const line = grid('x.x');
    expect(move(line, at(0, 0), 'ArrowDown')).toEqual(at(0, 2));
  });
});

it('finds the first mark', () => {
  expect(firstPlace(grid('..', '.x'))).toEqual(at(1, 1));
  expect(firstPlace(grid('..'))).toBeNull();
});

it('finds the mark that the pointer means', () => {
  const drawing = (nearest: Drawing['nearest']) =>
    ({ nearest, box: ({ row, column }) => ({ x: column * 10, y: row * 100, width: 0, height: 0 }) }) as Drawing;
  const model = grid('xxx', 'xxx');
  expect(nearestPlace(model, drawing('x'), 19, 10)).toEqual(at(0, 2));
  expect(nearestPlace(model, drawing('x'), 9, 99)).toEqual(at(1, 1));
  expect(nearestPlace(model, drawing('y'), 0, 60)).toEqual(at(1, 0));
});

it('reads what hover shows', () => {
  expect(wordsText({ head: 'Sat, 30 Apr', lines: ['email: 17.3%', 'still arriving'] })).toBe(
    'Sat, 30 Apr, email: 17.3%, still arriving',
  );
});
