import type { Unit } from './units.js';

/** Marks stand in a grid that the arrow keys walk through: the series of a line chart are rows, its days columns. */
export interface Place {
  readonly row: number;
  readonly column: number;
}

/** What a mark says, the same on hover, tap and focus and to a screen reader. */
export interface MarkWords {
  /** What the mark is: a day, a group, an hour. */
  readonly head: string;
  readonly lines: readonly string[];
}

export interface TableColumn {
  readonly name: string;
  readonly unit: Unit | 'text' | 'day' | 'time';
}

export type Cell = string | number | null;

export interface ChartTable {
  readonly columns: readonly TableColumn[];
  readonly rows: readonly (readonly Cell[])[];
}

/** All of a chart but the picture. Words and table are made when somebody asks for them, as some charts are redrawn often. */
export interface ChartModel {
  readonly rows: number;
  readonly columns: number;
  /** Null where there is no mark, such as in a gap of a line. */
  readonly words: (place: Place) => MarkWords | null;
  readonly table: () => ChartTable;
}

/** In px, from the upper left corner of the picture. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The picture of a chart. */
export interface Drawing {
  readonly svg: SVGSVGElement | HTMLElement;
  readonly box: (place: Place) => Box | null;
  /** Direction in which the pointer chooses a mark; the other one decides between equals. */
  readonly nearest: 'x' | 'y' | 'both';
}

export interface Size {
  readonly width: number;
  readonly height: number;
  /** Size of the chart's text in px; 12, larger on the wall. */
  readonly fontSize: number;
  /** For ids within the picture; unique in the document. */
  readonly id: string;
}

export function wordsText({ head, lines }: MarkWords): string {
  return [head, ...lines].join(', ');
}

const KEYS = ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End'] as const;
export type MoveKey = (typeof KEYS)[number];

export function isMoveKey(key: string): key is MoveKey {
  return KEYS.some((each) => each === key);
}

/** Where a key leads: to the next mark in its direction, past gaps; the same place if there is none. */
export function move(model: ChartModel, place: Place, key: MoveKey): Place {
  const isList = model.columns === 1;
  const isLine = model.rows === 1;
  const last = isList ? model.rows - 1 : model.columns - 1;
  const at = (index: number): Place => (isList ? { ...place, row: index } : { ...place, column: index });
  const [from, step] = steps();

  function steps(): [Place, Place] {
    const along = isList ? { row: 1, column: 0 } : { row: 0, column: 1 };
    const across = isList || isLine ? along : { row: 1, column: 0 };
    switch (key) {
      case 'ArrowLeft':
        return [place, times(along, -1)];
      case 'ArrowRight':
        return [place, along];
      case 'ArrowUp':
        return [place, times(across, -1)];
      case 'ArrowDown':
        return [place, across];
      case 'Home':
        return [at(-1), along];
      case 'End':
        return [at(last + 1), times(along, -1)];
    }
  }

  let { row, column } = from;
  for (;;) {
    row += step.row;
    column += step.column;
    if (row < 0 || column < 0 || row >= model.rows || column >= model.columns) return place;
    if (model.words({ row, column }) !== null) return { row, column };
  }
}

const times = ({ row, column }: Place, factor: number): Place => ({ row: row * factor, column: column * factor });

/** The first mark in reading order; null if there is none. */
export function firstPlace(model: ChartModel): Place | null {
  for (let row = 0; row < model.rows; row++) {
    for (let column = 0; column < model.columns; column++) {
      if (model.words({ row, column }) !== null) return { row, column };
    }
  }
  return null;
}

/** The mark that the pointer means. */
export function nearestPlace(model: ChartModel, drawing: Drawing, x: number, y: number): Place | null {
  let best: Place | null = null;
  let [bestFirst, bestSecond] = [Infinity, Infinity];
  for (let row = 0; row < model.rows; row++) {
    for (let column = 0; column < model.columns; column++) {
      const box = drawing.box({ row, column });
      if (box === null) continue;
      const dx = Math.max(box.x - x, 0, x - box.x - box.width);
      const dy = Math.max(box.y - y, 0, y - box.y - box.height);
      const [first, second] =
        drawing.nearest === 'x' ? [dx, dy] : drawing.nearest === 'y' ? [dy, dx] : [Math.hypot(dx, dy), 0];
      if (first < bestFirst || (first === bestFirst && second < bestSecond)) {
        [best, bestFirst, bestSecond] = [{ row, column }, first, second];
      }
    }
  }
  return best;
}
