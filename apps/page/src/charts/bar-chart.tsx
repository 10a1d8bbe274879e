import { useMemo } from 'preact/hooks';
import { barModel, type BarSpec } from './bar-model.js';
import { ChartFrame } from './chart-frame.js';
import type { Size } from './chart-model.js';
import type { ChartProps } from './chart-props.js';
import { useDrawing } from './use-drawing.js';

export interface BarChartProps extends ChartProps, Omit<BarSpec, 'locale'> {}

const BAR_HEIGHT = 24;
const load = () => import('./draw-bars.js');

/** Amounts from 0: bars with names one below the other, or by UTC day. */
export function BarChart(props: BarChartProps) {
  const { bars, unit, by, of, named, arrivingFrom, locale, height = 180 } = props;
  const drawing = useDrawing(load);
  const spec: BarSpec = useMemo(
    () => ({ bars, unit, by, of, named, arrivingFrom, locale }),
    [bars, unit, by, of, named, arrivingFrom, locale],
  );
  const model = useMemo(() => barModel(spec), [spec]);
  const draw = useMemo(
    () =>
      drawing && ((size: Size) => (by === 'day' ? drawing.drawDayBars(spec, size) : drawing.drawNamedBars(spec, size))),
    [drawing, spec],
  );
  const tall = by === 'day' ? height : Math.max(1, bars.length) * BAR_HEIGHT;
  return <ChartFrame {...props} kind="Bar chart" model={model} draw={draw} height={tall} />;
}
