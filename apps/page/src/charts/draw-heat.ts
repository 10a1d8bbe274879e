import { axisX, axisY, cell as cellMark } from '@observablehq/plot';
import type { Drawing, Size } from './chart-model.js';
import { draw, hatch, pixels } from './draw-shared.js';
import { cellsByPlace, heatRange, shade, shadeColor, type HeatCell, type HeatSpec } from './heat-model.js';
import { shorten } from './labels.js';
import { measureAt } from './text-width.js';

/** Cells in rows and columns, darker for more. */
export function drawHeat(spec: HeatSpec, color: string, size: Size): Drawing {
  const { cells, rowNames, columnNames, rowLabels = rowNames, columnLabels = columnNames } = spec;
  const { width, height, fontSize } = size;
  const measure = measureAt(fontSize);
  const cellAt = cellsByPlace(spec);
  const range = heatRange(cells);
  const rows = rowLabels.map((name) => shorten(name, width * 0.3, measure));
  const marginLeft = Math.max(0, ...rows.map(measure)) + 10;
  const marginBottom = fontSize * 1.8;
  const inner = width - marginLeft - 1;
  const widest = Math.max(1, ...columnLabels.map(measure)) + fontSize * 0.5;
  const perCell = inner / Math.max(1, columnNames.length);
  // As many names as fit, at steps that divide the hours of a day.
  const step = [1, 2, 3, 4, 6, 8, 12, 24].find((each) => each * perCell >= widest) ?? columnNames.length;
  const rowIndexes = rowNames.map((_, index) => index);
  const columnIndexes = columnNames.map((_, index) => index);
  const isShaded = ({ value, isSmall = false }: HeatCell) => value !== null && !isSmall && range !== null;
  const x = ({ column }: HeatCell) => column;
  const y = ({ row }: HeatCell) => row;
  const hatchId = `${size.id}-few`;
  const quiet = { label: null, tickSize: 0, color: 'var(--secondary)' } as const;

  const svg = draw(size, {
    ...{ marginLeft, marginBottom, marginTop: 1, marginRight: 1 },
    x: { type: 'band', domain: columnIndexes, padding: 0 },
    y: { type: 'band', domain: rowIndexes, padding: 0 },
    color: { type: 'identity' },
    marks: [
      hatch(hatchId),
      axisX(
        columnIndexes.filter((index) => index % step === 0),
        { ...quiet, tickFormat: (index: unknown) => columnLabels[index as number]!, tickPadding: 4 },
      ),
      axisY(rowIndexes, { ...quiet, tickFormat: (index: unknown) => rows[index as number]!, tickPadding: 6 }),
      cellMark(cells.filter(isShaded), {
        ...{ x, y, inset: 0.5, stroke: 'var(--line)', strokeWidth: 0.5 },
        fill: ({ value }: HeatCell) => shadeColor(shade(value!, range!), color),
      }),
      cellMark(
        cells.filter((each) => !isShaded(each)),
        { x, y, inset: 0.5, fill: `url(#${hatchId})`, stroke: 'var(--line)', strokeWidth: 0.5 },
      ),
    ],
  });
  const toX = pixels(svg, 'x');
  const toY = pixels(svg, 'y');
  const tall = (height - marginBottom - 1) / Math.max(1, rowNames.length);
  return {
    svg,
    nearest: 'both',
    box({ row, column }) {
      if (cellAt(row, column) === undefined && cells.length === 0) return null;
      return { x: toX(column), y: toY(row), width: perCell, height: tall };
    },
  };
}
