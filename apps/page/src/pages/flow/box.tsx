import type { ComponentChildren } from 'preact';
import { StateLabel, type Status } from '../../components/state-label.js';
import { since } from '../../format/time.js';
import { timeZone } from '../../settings/time-zone.js';
import { Runbook } from './runbook.js';
import { asSentence, isPlain, plainFault, type Report } from './words.js';

interface BoxProps {
  readonly area: string;
  readonly title: string;
  readonly href?: string;
  readonly status?: Status;
  readonly report?: Report;
  /** The component that it is down because of, by its name on the page. */
  readonly cause?: string | undefined;
  readonly now?: number;
  readonly advice?: string | null;
  /** What it is, for parts that no component reports on. */
  readonly what?: string;
  readonly children?: ComponentChildren;
}

/** A part of the picture: its state, since when, its figures, and what is wrong. */
export function Box({
  area,
  title,
  href,
  report,
  status = report?.status,
  cause,
  now = 0,
  advice,
  what,
  children,
}: BoxProps) {
  return (
    <li class={`flow-box ${status === undefined ? '' : `flow-${status}`}`} style={{ gridArea: area }} data-box={area}>
      <div class="flow-head">
        <h2>{href === undefined ? title : <a href={href}>{title}</a>}</h2>
        {status === undefined ? null : <StateLabel status={status} />}
      </div>
      {what === undefined ? null : <p class="flow-since">{what}</p>}
      {report === undefined || status === 'absent' ? null : (
        <p class="flow-since">{since(report.since, timeZone.value, now)}</p>
      )}
      {children}
      {cause !== undefined ? (
        <p class="flow-fault">Not known while {cause} is down.</p>
      ) : report === undefined ? null : (
        <Fault report={report} advice={advice} />
      )}
    </li>
  );
}

/** What is wrong and what to do; nothing while all is well. */
function Fault({
  report: { status, message, action, runbook },
  advice,
}: {
  readonly report: Report;
  readonly advice: string | null | undefined;
}) {
  if (status === 'up' || status === 'absent' || (message === null && action === null)) return null;
  const plain = status === 'down' && isPlain(message) ? `It ${plainFault(message)}.` : null;
  return (
    <div class="flow-fault">
      {message === null ? null : <p>{plain === null ? asSentence(message) : <span title={message}>{plain}</span>}</p>}
      {action === null || action === advice ? null : (
        <p>
          {action} <Runbook section={runbook} text={action} />
        </p>
      )}
    </div>
  );
}

/** Figures with names; the first one is the largest. */
export function Facts({ facts }: { readonly facts: readonly (readonly [name: string, value: ComponentChildren])[] }) {
  return (
    <dl class="flow-facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
