import { useMemo } from 'preact/hooks';
import { timeZone } from '../settings/time-zone.js';
import { ChartFrame } from './chart-frame.js';
import type { ChartProps } from './chart-props.js';
import { lineDomain, lineModel, startNote, type LineSpec } from './line-model.js';
import type { Size } from './chart-model.js';
import { useDrawing } from './use-drawing.js';

export interface LineChartProps extends ChartProps, Omit<LineSpec, 'zone' | 'locale'> {
  /** The value axis begins at 0; otherwise a note says where. Default: true, but false for rates. */
  readonly fromZero?: boolean;
  /** Ends of the time axis in ms; those of the points otherwise. */
  readonly from?: number;
  readonly to?: number;
}

const load = () => import('./draw-lines.js');

/** Values over time, by UTC day or by second. */
export function LineChart(props: LineChartProps) {
  const { series, unit, time, named, arrivingFrom, intervalName, locale, from, to, height = 220, note } = props;
  const fromZero = props.fromZero ?? unit !== 'rate';
  const zone = timeZone.value;
  const drawing = useDrawing(load);
  const spec: LineSpec = useMemo(
    () => ({ series, unit, time, zone, named, arrivingFrom, intervalName, locale }),
    [series, unit, time, zone, named, arrivingFrom, intervalName, locale],
  );
  const model = useMemo(() => lineModel(spec), [spec]);
  const domain = useMemo(() => lineDomain(series, fromZero, height), [series, fromZero, height]);
  const draw = useMemo(
    () => drawing && ((size: Size) => drawing.drawLines(spec, { domain, from, to }, size)),
    [drawing, spec, domain, from, to],
  );
  const start = startNote(domain, unit, locale);
  return (
    <ChartFrame {...props} kind="Line chart" model={model} draw={draw} height={height} note={joined(note, start)} />
  );
}

function joined(note: ChartProps['note'], start: string | undefined): ChartProps['note'] {
  if (start === undefined) return note;
  return note === undefined || note === null ? start : [note, ' ', start];
}
