import { useMemo } from 'preact/hooks';
import { sparklineParts, sparklineWords } from './sparkline-path.js';

interface SparklineProps {
  /** In the order of time, at even steps; null is a gap. The bottom of the picture is 0. */
  readonly values: readonly (number | null)[];
  /** What is seen: "Records per second to Kafka, last five minutes". */
  readonly title: string;
  /** Writes a value for screen readers and the hover. */
  readonly write: (value: number) => string;
  readonly width?: number;
  readonly height?: number;
  /** The text's colour by default. */
  readonly color?: string;
}

/**
 * A small line without axes, for five minutes of a rate. It does not load the drawing library, as the first page shows it, and
 * an update costs one attribute. Works in HTML and, with its own `x` and `y`, in SVG.
 */
export function Sparkline({ values, title, write, width = 96, height = 24, color = 'currentColor' }: SparklineProps) {
  const parts = useMemo(() => sparklineParts(values, width, height - 2), [values, width, height]);
  const words = useMemo(() => `${title}: ${sparklineWords(values, write)}`, [values, title]);
  return (
    <svg
      class="sparkline"
      role="img"
      aria-label={words}
      width={width}
      height={height}
      viewBox={`0 -1 ${width} ${height}`}
    >
      <title>{words}</title>
      <line x1={0} x2={width} y1={height - 2} y2={height - 2} stroke="var(--line)" />
      {parts.map((points, index) => (
        <polyline key={index} points={points} fill="none" stroke={color} stroke-width={1.25} stroke-linejoin="round" />
      ))}
    </svg>
  );
}
