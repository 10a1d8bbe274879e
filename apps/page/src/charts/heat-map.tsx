import { useMemo } from 'preact/hooks';
import { ChartFrame } from './chart-frame.js';
import type { Size } from './chart-model.js';
import type { ChartProps } from './chart-props.js';
import { heatModel, heatRange, shade, shadeColor, type HeatSpec } from './heat-model.js';
import { valueText } from './units.js';
import { useDrawing } from './use-drawing.js';

export interface HeatMapProps extends ChartProps, Omit<HeatSpec, 'locale'> {
  /** Colour of the greatest value: a channel's, or the text's. */
  readonly color?: string;
  /** What a hatched cell is: "fewer than 100 sent". */
  readonly few?: string;
}

const ROW_HEIGHT = 26;
const SHADES = 5;
const load = () => import('./draw-heat.js');

/** Values in rows and columns, such as weekdays and hours: one hue by lightness, hatched where there are few messages. */
export function HeatMap(props: HeatMapProps) {
  const { cells, unit, rowNames, rowLabels, columnNames, columnLabels, rowOf, columnOf, locale } = props;
  const { color = 'var(--text)', few = 'few messages' } = props;
  const drawing = useDrawing(load);
  const spec: HeatSpec = useMemo(
    () => ({ cells, unit, rowNames, rowLabels, columnNames, columnLabels, rowOf, columnOf, locale }),
    [cells, unit, rowNames, rowLabels, columnNames, columnLabels, rowOf, columnOf, locale],
  );
  const model = useMemo(() => heatModel(spec), [spec]);
  const draw = useMemo(() => drawing && ((size: Size) => drawing.drawHeat(spec, color, size)), [drawing, spec, color]);
  const range = heatRange(cells);
  const height = Math.max(1, rowNames.length) * ROW_HEIGHT + 22;
  return (
    <ChartFrame {...props} kind="Heat map" model={model} draw={draw} height={height}>
      <p class="chart-key">
        {range !== null && (
          <span>
            {valueText(range.least, unit, locale)}
            <span class="chart-shades" aria-hidden="true">
              {Array.from({ length: SHADES }, (_, index) => (
                <i
                  key={index}
                  style={{ background: shadeColor(shade(index, { least: 0, most: SHADES - 1 }), color) }}
                />
              ))}
            </span>
            {valueText(range.most, unit, locale)}
          </span>
        )}
        {cells.some(({ isSmall = false }) => isSmall) && (
          <span>
            <i class="chart-few" aria-hidden="true" /> {few}
          </span>
        )}
        {cells.length < rowNames.length * columnNames.length && (
          <span>
            <i class="chart-none" aria-hidden="true" /> no messages
          </span>
        )}
      </p>
    </ChartFrame>
  );
}
