import { reasonMeanings } from '../api/definitions.js';
import type { RowOf } from '../api/api.js';

export type Reasons = RowOf<'/api/v1/quarantine'>['reasons'];

/** The reasons of a rejected record, each with its column. */
export function ReasonList({ reasons }: { readonly reasons: Reasons }) {
  return (
    <ul class="reasons">
      {reasons.map(({ reason, column }) => (
        <li key={`${reason} ${column}`}>
          <code>{reason}</code> {column === null ? 'whole record' : <bdi>{column}</bdi>}
        </li>
      ))}
    </ul>
  );
}

/** The same with the meaning of each reason. */
export function ReasonMeanings({ reasons }: { readonly reasons: Reasons }) {
  const meanings = reasonMeanings();
  return (
    <ul class="reasons">
      {reasons.map(({ reason, column }) => (
        <li key={`${reason} ${column}`}>
          <code>{reason}</code> in {column === null ? 'the whole record' : <bdi>{column}</bdi>}
          {meanings?.[reason] === undefined ? null : <span class="secondary">: {meanings[reason]}</span>}
        </li>
      ))}
    </ul>
  );
}
