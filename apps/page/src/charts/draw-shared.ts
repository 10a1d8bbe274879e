import { axisX, axisY, gridX, gridY, plot, type Markish, type PlotOptions } from '@observablehq/plot';
import type { Domain } from './domains.js';
import type { Box, Size } from './chart-model.js';

/** Maps a value of an axis to px. */
export type ToPixel = (value: unknown) => number;

const SVG = 'http://www.w3.org/2000/svg';

/** Draws with the page's type and colours; the picture says nothing to screen readers, as the chart around it does. */
export function draw(size: Size, options: PlotOptions): SVGSVGElement {
  const svg = plot({
    width: size.width,
    height: size.height,
    style: { fontSize: `${size.fontSize}px`, background: 'none', overflow: 'visible' },
    ...options,
  }) as SVGSVGElement;
  // Its rules are in charts.css: a style element that is replaced makes the browser compute the styles of the page again.
  svg.querySelector('style')?.remove();
  svg.setAttribute('aria-hidden', 'true');
  return svg;
}

/** px of a scale of the picture. */
export function pixels(svg: SVGSVGElement, axis: 'x' | 'y'): ToPixel {
  const scale = (svg as unknown as { scale(name: string): { apply(value: unknown): number } }).scale(axis);
  return (value) => scale.apply(value);
}

/** A pattern of slanted lines, used as `url(#…)`. */
export function hatch(id: string, color = 'var(--hatch)'): Markish {
  return () => {
    const defs = document.createElementNS(SVG, 'defs');
    const pattern = document.createElementNS(SVG, 'pattern');
    for (const [name, value] of Object.entries({
      ...{ id, width: 6, height: 6, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' },
    })) {
      pattern.setAttribute(name, String(value));
    }
    const line = document.createElementNS(SVG, 'line');
    line.setAttribute('y2', '6');
    line.setAttribute('style', `stroke: ${color}; stroke-width: 3`);
    pattern.append(line);
    defs.append(pattern);
    return defs;
  };
}

const QUIET = { label: null, tickSize: 0, color: 'var(--secondary)' } as const;
const GRID = { stroke: 'var(--line)', strokeOpacity: 1 } as const;

/** Numbers at the left, with thin lines across. */
export function valueAxisY(domain: Domain, text: (value: number) => string): Markish[] {
  return [
    gridY(domain.ticks, GRID),
    axisY(domain.ticks, { ...QUIET, tickFormat: (value: unknown) => text(value as number), tickPadding: 6 }),
  ];
}

/** Numbers below, with thin lines upwards; as many as fit. */
export function valueAxisX(domain: Domain, text: (value: number) => string): Markish[] {
  return [
    gridX(domain.ticks, GRID),
    axisX(domain.ticks, { ...QUIET, tickFormat: (value: unknown) => text(value as number), tickPadding: 4 }),
  ];
}

/** Dates below. */
export function dateAxis(ticks: readonly number[], texts: readonly string[]): Markish {
  const options = { ...QUIET, tickSize: 4, stroke: 'var(--line)', fill: 'var(--secondary)', textStroke: 'none' };
  return axisX(
    ticks.map((at) => new Date(at)),
    { ...options, tickFormat: (_: unknown, index: number) => texts[index] ?? '' },
  );
}

/** A box around a point, large enough to see the outline. */
export function around(x: number, y: number, radius: number): Box {
  return { x: x - radius, y: y - radius, width: 2 * radius, height: 2 * radius };
}
