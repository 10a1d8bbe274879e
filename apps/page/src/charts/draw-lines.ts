import { areaY, dot, lineY, rectX, ruleX, text, type Markish } from '@observablehq/plot';
import { around, dateAxis, draw, hatch, pixels, valueAxisY } from './draw-shared.js';
import type { Drawing, Size } from './chart-model.js';
import { DAY, timeTicks, type Domain } from './domains.js';
import { shorten, spread } from './labels.js';
import {
  alone,
  ARRIVING,
  pointsByTime,
  timeOf,
  timesOf,
  withGaps,
  type LinePoint,
  type LineSpec,
  type NamedTime,
} from './line-model.js';
import { measureAt } from './text-width.js';
import { tickDates } from './tick-dates.js';
import { tickText } from './units.js';

export interface LineLook {
  readonly domain: Domain;
  /** Ends of the time axis; those of the points otherwise. */
  readonly from?: number;
  readonly to?: number;
}

export function drawLines(spec: LineSpec, look: LineLook, size: Size): Drawing {
  const { series, unit, time, zone, locale, named = [] } = spec;
  const { width, height, fontSize } = size;
  const measure = measureAt(fontSize);
  const times = timesOf(series);
  const pointAt = pointsByTime(series, times);
  const hasLabels = series.some(({ name }) => name !== '');

  const marginTop = fontSize * (spec.arrivingFrom === undefined ? 0.8 : 2);
  const marginBottom = fontSize * (time === 'day' ? 3 : 2);
  const innerHeight = height - marginTop - marginBottom;
  const { domain } = look;
  const writeTick = tickText(domain, unit, locale);
  const marginLeft = Math.max(...domain.ticks.map((tick) => measure(writeTick(tick)))) + 10;
  const names = series.map(({ name }) => shorten(name, width * 0.28, measure));
  const marginRight = hasLabels ? Math.max(...names.map(measure)) + 14 : fontSize;

  // Half a day at each end, so that a day's mark stands in the middle of the day.
  const half = time === 'day' ? DAY / 2 : 0;
  const from = (look.from ?? times[0] ?? 0) - half;
  const to = Math.max(look.to ?? times.at(-1) ?? 0, from + 1000 - half) + half;
  const tickCount = Math.max(
    1,
    Math.floor((width - marginLeft - marginRight) / (fontSize * (time === 'day' ? 4.5 : 7))),
  );
  const ticks = timeTicks(from, to, tickCount, time === 'day' ? DAY : 0);

  const x = (at: string | number) => new Date(timeOf(at));
  const toY = (value: number) => marginTop + innerHeight * (1 - (value - domain.from) / (domain.to - domain.from));
  const ends = series.map(({ points }) => points.findLast(({ value }) => value !== null));
  const endY = ends.map((end) => (end === undefined ? 0 : toY(end.value!)));
  const labelY = spread(endY, fontSize * 1.15, marginTop + fontSize / 2, height - marginBottom - fontSize / 2);

  const marks: Markish[] = [...valueAxisY(domain, writeTick), dateAxis(ticks.ticks, tickDates(ticks, zone, locale))];
  if (spec.arrivingFrom !== undefined && timeOf(spec.arrivingFrom) - half < to) {
    const start = new Date(Math.max(from, timeOf(spec.arrivingFrom) - half));
    const hatchId = `${size.id}-arriving`;
    marks.push(
      hatch(hatchId),
      rectX([0], { x1: [start], x2: [new Date(to)], fill: `url(#${hatchId})`, fillOpacity: 0.6 }),
      text([ARRIVING], {
        ...{ x: [new Date(to)], frameAnchor: 'top', dy: -fontSize, textAnchor: 'end', fill: 'var(--secondary)' },
        text: (label: string) => label,
      }),
    );
  }
  const shown = named.filter(({ at }) => timeOf(at) >= from && timeOf(at) <= to);
  marks.push(ruleX(shown, { x: ({ at }: NamedTime) => x(at), stroke: 'var(--secondary)', strokeDasharray: '2 3' }));
  series.forEach(({ color = 'var(--text)', isDashed = false, points }, index) => {
    const gapped = withGaps(points, time);
    const options = {
      x: ({ at }: { at: string | number }) => x(at),
      y: ({ value }: { value: number | null }) => value ?? NaN,
    };
    if (points.some(({ low, high }) => typeof low === 'number' && typeof high === 'number')) {
      marks.push(
        areaY(gapped, {
          ...{ x: options.x, fill: color, fillOpacity: 0.14 },
          y1: ({ low }: LinePoint) => low ?? NaN,
          y2: ({ high }: LinePoint) => high ?? NaN,
        }),
      );
    }
    marks.push(
      lineY(gapped, {
        ...options,
        className: `line line-${index % 4}`,
        stroke: color,
        strokeWidth: 1.75,
        strokeDasharray: isDashed ? '5 4' : undefined,
      }),
      dot(alone(gapped), { ...options, fill: color, r: 2.5 }),
    );
    const end = ends[index];
    if (!hasLabels || end === undefined) return;
    marks.push(
      dot([end], { ...options, fill: color, r: 3 }),
      text([end], {
        ...{ ...options, text: () => names[index]!, title: () => series[index]!.name, textAnchor: 'start', dx: 8 },
        ...{ dy: labelY[index]! - endY[index]!, fill: 'var(--text)' },
      }),
    );
  });

  const svg = draw(size, {
    ...{ marginTop, marginBottom, marginLeft, marginRight, marks },
    x: { type: 'utc', domain: [new Date(from), new Date(to)] },
    y: { domain: [domain.from, domain.to] },
  });
  const toX = pixels(svg, 'x');
  return {
    svg,
    nearest: 'x',
    box({ row, column }) {
      const value = pointAt(row, column)?.value;
      return value === undefined || value === null ? null : around(toX(new Date(times[column]!)), toY(value), 6);
    },
  };
}
