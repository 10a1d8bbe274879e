import { axisY, barX, rectY, ruleX, ruleY, text, type Markish } from '@observablehq/plot';
import { isArriving, type Bar, type BarSpec } from './bar-model.js';
import type { Drawing, Size } from './chart-model.js';
import { DAY, domainOf, timeTicks } from './domains.js';
import { dateAxis, draw, hatch, pixels, valueAxisY } from './draw-shared.js';
import { nameWidth, shorten } from './labels.js';
import { ARRIVING, timeOf, type NamedTime } from './line-model.js';
import { measureAt } from './text-width.js';
import { tickDates } from './tick-dates.js';
import { tickText, valueText } from './units.js';

/** Bars with names, one below the other, with their values at the end. */
export function drawNamedBars({ bars, unit, locale }: BarSpec, size: Size): Drawing {
  const { width, fontSize, height } = size;
  const measure = measureAt(fontSize);
  const names = bars.map(({ name }) => shorten(name, nameWidth(width), measure));
  const values = bars.map(({ value }) => valueText(value, unit, locale));
  const marginLeft = Math.max(0, ...names.map(measure)) + 10;
  const marginRight = Math.max(0, ...values.map(measure)) + 10;
  const domain = domainOf(
    bars.map(({ value }) => value),
    { fromZero: true },
  );
  const most = Math.max(domain.from === 0 ? 0 : domain.to, ...bars.map(({ value }) => value ?? 0)) || 1;
  const indexes = bars.map((_, index) => index);
  const value = (index: number) => bars[index]!.value ?? 0;
  const at = (index: number) => index;

  const svg = draw(size, {
    ...{ marginLeft, marginRight, marginTop: 0, marginBottom: 0 },
    x: { domain: [domain.from, most], axis: null },
    y: { type: 'band', domain: indexes, padding: 0.3 },
    marks: [
      axisY(indexes, {
        ...{ tickSize: 0, tickPadding: 8, label: null, tickFormat: (index: unknown) => names[index as number]! },
        ...{ color: 'var(--text)' },
      }),
      barX(indexes, { x: value, y: at, fill: (index: number) => bars[index]!.color ?? 'var(--text)' }),
      text(indexes, { x: value, y: at, text: (index: number) => values[index]!, textAnchor: 'start', dx: 6 }),
      ruleX([0], { stroke: 'var(--secondary)' }),
    ],
    color: { type: 'identity' },
  });
  const toX = pixels(svg, 'x');
  const each = height / Math.max(1, bars.length);
  return {
    svg,
    nearest: 'y',
    box({ row }) {
      if (bars[row] === undefined) return null;
      const end = toX(value(row));
      const zero = toX(0);
      return {
        x: Math.min(zero, end),
        y: row * each + each * 0.1,
        width: Math.abs(end - zero) + 2,
        height: each * 0.8,
      };
    },
  };
}

/** Bars by day, in the order of time. */
export function drawDayBars(spec: BarSpec, size: Size): Drawing {
  const { bars, unit, locale, named = [] } = spec;
  const { width, height, fontSize } = size;
  const measure = measureAt(fontSize);
  const marginTop = fontSize * (spec.arrivingFrom === undefined ? 0.8 : 2);
  const marginBottom = fontSize * 3;
  const domain = domainOf(
    bars.map(({ value }) => value),
    { fromZero: true, tickCount: Math.max(2, Math.floor(height / 50)) },
  );
  const writeTick = tickText(domain, unit, locale);
  const marginLeft = Math.max(...domain.ticks.map((tick) => measure(writeTick(tick)))) + 10;
  const marginRight = fontSize;
  const days = bars.map(({ name }) => timeOf(name));
  const from = Math.min(...days) - DAY / 2;
  const to = Math.max(...days) + DAY / 2;
  const ticks = timeTicks(from, to, Math.max(1, Math.floor((width - marginLeft - marginRight) / (fontSize * 5))), DAY);
  const start = ({ name }: Bar) => new Date(timeOf(name) - DAY / 2);
  const end = ({ name }: Bar) => new Date(timeOf(name) + DAY / 2);
  const perDay = ((width - marginLeft - marginRight) * DAY) / (to - from);
  const inset = Math.min(2, perDay * 0.15);
  const finished = bars.filter((bar) => bar.value !== null && !isArriving(spec, bar));
  const arriving = bars.filter((bar) => bar.value !== null && isArriving(spec, bar));
  const position = { x1: start, x2: end, y1: 0, y2: ({ value }: Bar) => value!, insetLeft: inset, insetRight: inset };
  const color = ({ color: own = 'var(--text)' }: Bar) => own;
  const hatchId = `${size.id}-arriving`;

  const marks: Markish[] = [
    ...valueAxisY(domain, writeTick),
    dateAxis(ticks.ticks, tickDates(ticks, 'utc', locale)),
    hatch(hatchId, arriving[0] === undefined ? undefined : color(arriving[0])),
    rectY(finished, { ...position, fill: color }),
    rectY(arriving, { ...position, fill: `url(#${hatchId})`, stroke: color }),
    ruleX(
      named.filter(({ at }) => timeOf(at) >= from && timeOf(at) <= to),
      { x: ({ at }: NamedTime) => new Date(timeOf(at)), stroke: 'var(--secondary)', strokeDasharray: '2 3' },
    ),
    ruleY([0], { stroke: 'var(--secondary)' }),
  ];
  if (arriving.length > 0) {
    marks.push(
      text([ARRIVING], {
        ...{ x: [new Date(to)], frameAnchor: 'top', dy: -fontSize, textAnchor: 'end', fill: 'var(--secondary)' },
        text: (label: string) => label,
      }),
    );
  }
  const svg = draw(size, {
    ...{ marginTop, marginBottom, marginLeft, marginRight, marks },
    x: { type: 'utc', domain: [new Date(from), new Date(to)] },
    y: { domain: [domain.from, domain.to] },
    color: { type: 'identity' },
  });
  const toX = pixels(svg, 'x');
  const toY = pixels(svg, 'y');
  return {
    svg,
    nearest: 'x',
    box({ column }) {
      const bar = bars[column];
      if (bar === undefined || bar.value === null) return null;
      const [x1, x2, y1, y2] = [toX(start(bar)), toX(end(bar)), toY(bar.value), toY(0)];
      return { x: x1, y: Math.min(y1, y2), width: x2 - x1, height: Math.max(2, Math.abs(y2 - y1)) };
    },
  };
}
