import { axisY, dot, ruleX, ruleY, text, type Markish } from '@observablehq/plot';
import type { Drawing, Size } from './chart-model.js';
import { dotDomain, type DotSpec, type Reference } from './dot-model.js';
import { around, draw, pixels, valueAxisX } from './draw-shared.js';
import { linesFor, nameWidth, shorten } from './labels.js';
import { measureAt } from './text-width.js';
import { tickText } from './units.js';

/** Groups one below the other, each with a dot and its interval. */
export function drawDots(spec: DotSpec, fromZero: boolean, size: Size): Drawing {
  const { dots, unit, references = [], locale } = spec;
  const { width, fontSize } = size;
  const measure = measureAt(fontSize);
  const names = dots.map(({ name }) => shorten(name, nameWidth(width), measure));
  const marginLeft = Math.max(0, ...names.map(measure)) + 14;
  const marginRight = fontSize * 2;
  const inner = width - marginLeft - marginRight;
  const domain = dotDomain(spec, fromZero, Math.max(1, Math.floor(inner / (fontSize * 5.5))));
  const position = (value: number) => marginLeft + (inner * (value - domain.from)) / (domain.to - domain.from);

  // Names of lines stand above the picture, inside its width, and below each other where they would cross.
  const labels = references.map(({ value, name }) => {
    const half = measure(name) / 2;
    const middle = Math.min(width - half, Math.max(half, position(value)));
    return { name, value, from: middle - half, to: middle + half, shift: middle - position(value) };
  });
  const lines = linesFor(labels, fontSize);
  const lineHeight = fontSize * 1.3;
  const marginTop = references.length === 0 ? fontSize / 2 : (Math.max(...lines) + 1) * lineHeight + fontSize / 2;
  const marginBottom = fontSize * 2;

  const indexes = dots.map((_, index) => index);
  const known = indexes.filter((index) => dots[index]!.value !== null);
  const ranged = known.filter((index) => typeof dots[index]!.low === 'number' && typeof dots[index]!.high === 'number');
  const clamp = (value: number) => Math.min(domain.to, Math.max(domain.from, value));
  const color = (index: number) =>
    dots[index]!.isSmall === true ? 'var(--secondary)' : (dots[index]!.color ?? 'var(--text)');
  const y = (index: number) => index;
  const x = (index: number) => dots[index]!.value!;

  const marks: Markish[] = [
    ...valueAxisX(domain, tickText(domain, unit, locale)),
    axisY(indexes, {
      ...{ tickSize: 0, tickPadding: 12, label: null, tickFormat: (index: unknown) => names[index as number]! },
      ...{ color: 'var(--text)' },
    }),
    ruleX(references, { x: ({ value }: Reference) => value, stroke: 'var(--text)', strokeDasharray: '4 3' }),
    ...labels.map(({ name, value, shift }, index) =>
      text([name], {
        ...{ x: [value], text: (label: string) => label, frameAnchor: 'top', lineAnchor: 'bottom', dx: shift },
        dy: -fontSize / 2 - lines[index]! * lineHeight,
      }),
    ),
    ruleY(ranged, {
      ...{ y, stroke: color, strokeWidth: 1.5, strokeOpacity: 0.75 },
      x1: (index: number) => clamp(dots[index]!.low!),
      x2: (index: number) => clamp(dots[index]!.high!),
    }),
    // Intervals that go on beyond the picture.
    text(
      ranged.filter((index) => dots[index]!.high! > domain.to),
      { x: domain.to, y, text: () => '▸', textAnchor: 'start', fill: color, dx: -2 },
    ),
    text(
      ranged.filter((index) => dots[index]!.low! < domain.from),
      { x: domain.from, y, text: () => '◂', textAnchor: 'end', fill: color, dx: 2 },
    ),
    dot(known, {
      ...{ x, y, r: 4.5, stroke: color, strokeWidth: 1.5 },
      fill: (index: number) => (dots[index]!.isSmall === true ? 'var(--ground)' : color(index)),
    }),
    // An unknown value is not 0.
    text(
      indexes.filter((index) => dots[index]!.value === null),
      { x: domain.from, y, text: () => '—', textAnchor: 'start', fill: 'var(--secondary)', dx: 4 },
    ),
  ];
  const svg = draw(size, {
    ...{ marginTop, marginBottom, marginLeft, marginRight, marks },
    x: { domain: [domain.from, domain.to] },
    y: { type: 'point', domain: indexes, padding: 0.5 },
    color: { type: 'identity' },
  });
  const toX = pixels(svg, 'x');
  const toY = pixels(svg, 'y');
  return {
    svg,
    nearest: 'y',
    box({ row }) {
      const value = dots[row]?.value;
      return value === undefined ? null : around(toX(value ?? domain.from), toY(row), 8);
    },
  };
}
