import { Sparkline } from '../../charts/sparkline.js';
import { perSecond } from '../../format/number.js';
import { samples } from '../../stream/pipeline-stream.js';
import type { SampleName } from '../../stream/recent-samples.js';
import {
  ConsumerBox,
  FileBox,
  GatewayBox,
  KafkaBox,
  LedgerBox,
  MartBox,
  QuarantineBox,
  SparkBox,
  type PictureProps,
} from './boxes.js';
import { column } from './lists.js';

/** From the file to the mart: each part with its state, each edge with its rate. Runs downwards on a narrow screen. */
export function FlowPicture({ state, now, advice }: PictureProps) {
  const { stages } = state;
  const isConsumed = state.engine !== 'spark';
  return (
    <ol class="flow" aria-label="The flow of the records" data-engine={state.engine}>
      <FileBox {...{ state, now, advice }} />
      <Edge area="to-kafka" to="Kafka" rate={stages.produced.per_second} name="produced" unit="records" />
      <KafkaBox {...{ state, now, advice }} />
      {isConsumed ? (
        <>
          <Edge area="to-engine" to="the consumer" rate={stages.consumed.per_second} name="consumed" unit="records" />
          <ConsumerBox {...{ state, now, advice }} />
        </>
      ) : (
        <>
          <Edge area="to-engine" to="Spark" rate={stages.consumed.per_second} name="consumed" unit="records" />
          <SparkBox {...{ state, now, advice }} area="engine" />
        </>
      )}
      <Edge area="to-mart" to="the mart" rate={stages.stored.per_second} name="stored" unit="rows" />
      <MartBox {...{ state, now, advice }} />
      <Edge
        {...{ area: 'to-quarantine', to: 'quarantine', rate: stages.quarantined.per_second, name: 'quarantined' }}
        unit="records"
        isDown
      />
      <QuarantineBox state={state} />
      <li class="flow-edge is-down" style={{ gridArea: 'to-ledger' }}>
        <span class="flow-rate secondary">counts</span>
        <span class="flow-arrow" aria-hidden="true" />
      </li>
      <LedgerBox state={state} />
      {isConsumed ? <SparkBox {...{ state, now, advice }} area="spark" /> : null}
      <GatewayBox state={state} />
    </ol>
  );
}

interface EdgeProps {
  readonly area: string;
  readonly to: string;
  readonly rate: number | null;
  readonly name: SampleName;
  readonly unit: string;
  readonly isDown?: boolean;
}

function Edge({ area, to, rate, name, unit, isDown = false }: EdgeProps) {
  const values = column(samples.value, name);
  return (
    <li class={`flow-edge ${isDown ? 'is-down' : ''}`} style={{ gridArea: area }}>
      <span class="visually-hidden">To {to}: </span>
      <span class="flow-rate" data-rate={name}>
        {perSecond(rate)}
      </span>
      <span class="flow-arrow" aria-hidden="true" />
      <Sparkline
        values={values}
        title={`${unit} per second to ${to}, last five minutes`}
        write={(value) => perSecond(value)}
      />
    </li>
  );
}
