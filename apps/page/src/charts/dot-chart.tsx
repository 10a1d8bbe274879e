import { useMemo } from 'preact/hooks';
import { ChartFrame } from './chart-frame.js';
import type { Size } from './chart-model.js';
import type { ChartProps } from './chart-props.js';
import { dotModel, sortedDots, type DotSpec } from './dot-model.js';
import { useDrawing } from './use-drawing.js';

export interface DotChartProps extends ChartProps, Omit<DotSpec, 'locale'> {
  /** By value, highest first, or as given where the order means something. */
  readonly sort?: 'value' | 'given';
  /** The axis begins at 0; default true. */
  readonly fromZero?: boolean;
}

const DOT_HEIGHT = 24;
const load = () => import('./draw-dots.js');

/** Rates by group: dots with their intervals, and lines to compare with. */
export function DotChart(props: DotChartProps) {
  const { dots, unit, of, references, intervalName, upTo, locale, sort = 'value', fromZero = true } = props;
  const drawing = useDrawing(load);
  const spec: DotSpec = useMemo(
    () => ({ dots: sort === 'value' ? sortedDots(dots) : dots, unit, of, references, intervalName, upTo, locale }),
    [dots, unit, of, references, intervalName, upTo, locale, sort],
  );
  const model = useMemo(() => dotModel(spec), [spec]);
  const draw = useMemo(
    () => drawing && ((size: Size) => drawing.drawDots(spec, fromZero, size)),
    [drawing, spec, fromZero],
  );
  const height = Math.max(1, dots.length) * DOT_HEIGHT + 30 + (references === undefined ? 0 : 22);
  return <ChartFrame {...props} kind="Dot chart" model={model} draw={draw} height={height} />;
}
