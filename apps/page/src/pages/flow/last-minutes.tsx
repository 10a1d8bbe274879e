import { useMemo } from 'preact/hooks';
import { LineChart } from '../../charts/line-chart.js';
import type { LineSeries } from '../../charts/line-model.js';
import { dateTime } from '../../format/time.js';
import { fullCount } from '../../format/number.js';
import { timeZone } from '../../settings/time-zone.js';
import { samples, type PipelineState } from '../../stream/pipeline-stream.js';
import type { Sample, SampleName } from '../../stream/recent-samples.js';
import { NO_LATENCY } from './lists.js';
import { useSlowly } from './use-slowly.js';

/** Rates, lag and latency of the last five minutes. */
export function LastMinutes({ state: { latency } }: { readonly state: PipelineState }) {
  const drawn = useSlowly(samples.value, (newest) => newest);
  const rates = useSeries(drawn, [
    ['produced', 'to Kafka'],
    ['consumed', 'processed'],
    ['stored', 'stored'],
  ]);
  const lag = useSeries(drawn, [['lag', '']]);
  const latencies = useSeries(drawn, [
    ['p50', 'p50'],
    ['p99', 'p99'],
  ]);
  const note =
    latency.unknown === null
      ? `Measured with ${fullCount(latency.records)} records in the minute to ${dateTime(latency.at ?? 0, timeZone.value)}, exact to 19 %.`
      : NO_LATENCY[latency.unknown];
  const common = { time: 'second', level: 2, height: 140 } as const;
  return (
    <div class="flow-charts">
      <LineChart {...common} title="Records per second, last five minutes" unit="count" series={rates} />
      <LineChart {...common} title="Records waiting, last five minutes" unit="count" series={lag} />
      <LineChart
        {...common}
        title="Time from Kafka to the mart, last five minutes"
        unit="seconds"
        series={latencies}
        note={note}
        empty="No record arrived within these five minutes."
      />
    </div>
  );
}

function useSeries(
  drawn: readonly Sample[],
  columns: readonly (readonly [name: SampleName, label: string])[],
): readonly LineSeries[] {
  return useMemo(
    () =>
      columns.map(([name, label]) => ({
        name: label,
        points: drawn.map((sample) => ({ at: sample.at, value: sample[name] })),
      })),
    [drawn],
  );
}
