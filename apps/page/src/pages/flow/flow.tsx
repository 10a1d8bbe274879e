import { useRef } from 'preact/hooks';
import { Loading } from '../../components/answer.js';
import { PageFrame } from '../../components/page-frame.js';
import { now } from '../../settings/clock.js';
import { timeZone } from '../../settings/time-zone.js';
import { isStale } from '../../stream/is-stale.js';
import { connection, pipeline } from '../../stream/pipeline-stream.js';
import { FlowPicture } from './flow-picture.js';
import { LagTable } from './lag-table.js';
import { LastMinutes } from './last-minutes.js';
import { RejectionTable } from './rejection-table.js';
import { Runbook } from './runbook.js';
import { flowSentence, type FlowSentence } from './sentence.js';
import './flow.css';

/** Is it running, is anything lost, how far behind is it, and when is it done? */
export function Flow() {
  const state = pipeline.value;
  const at = Math.max(now.value, connection.value.receivedAt ?? 0);
  const sentence = flowSentence(state, connection.value, at, { zone: timeZone.value });

  const spoken = useRef({ kind: '', text: '' });
  if (spoken.current.kind !== sentence.kind) spoken.current = { kind: sentence.kind, text: sentence.text ?? '' };

  return (
    <PageFrame title="Flow" isLive={false} sentence={sentence.text} detail={<Detail sentence={sentence} />}>
      <p class="visually-hidden" aria-live="polite">
        {spoken.current.text}
      </p>
      {state === null ? (
        <div class="flow-wait">
          <Loading text="Connecting to the gateway…" />
        </div>
      ) : (
        <div class={isStale.value ? 'is-outdated' : undefined}>
          <FlowPicture state={state} now={gatewayTime(state.at, at)} advice={sentence.action} />
          <div class="columns">
            <LagTable state={state} />
            <RejectionTable state={state} />
          </div>
          <LastMinutes state={state} />
        </div>
      )}
    </PageFrame>
  );
}

/** The time by the gateway's clock, which components' times follow; this machine's clock may be wrong. */
function gatewayTime(stateAt: string, at: number): number {
  return Date.parse(stateAt) + Math.max(0, at - (connection.value.receivedAt ?? at));
}

function Detail({ sentence: { details, action, runbook, isFirstRun } }: { readonly sentence: FlowSentence }) {
  return (
    <>
      {details.map((line) => (
        <p key={line}>{line}</p>
      ))}
      {action === null ? null : (
        <p class="flow-action">
          {action} <Runbook section={runbook} text={action} />
        </p>
      )}
      {isFirstRun ? (
        <>
          <p>Send some messages; they appear here by themselves:</p>
          <pre>npm start -- --file messages.csv</pre>
        </>
      ) : null}
    </>
  );
}
