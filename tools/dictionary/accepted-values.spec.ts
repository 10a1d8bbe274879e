import { describe, expect, it } from '@jest/globals';
import { contract, REFERENCE_TABLES, type Column } from '#schema/contract.js';
import { acceptedValues } from './accepted-values.js';

function accepted(name: string): string {
  const column: Column | undefined = contract.columns.find((each) => each.name === name);
  return acceptedValues(contract, column!);
}

describe('acceptedValues', () => {
  it('states kind, length and whether a value is required', () => {
    expect(accepted('campaign_id')).toBe('`integer`');
    expect(accepted('message_id')).toBe('`text`, at most 128 characters; required');
  });

  it('lists a closed set', () => {
    expect(accepted('message_type')).toBe('`closed_set`: `bulk`, `trigger`, `transactional`; required');
  });

  it('describes the rules across columns', () => {
    expect(accepted('is_opened')).toBe(
      '`boolean`; if missing, true if `opened_first_time_at` or `opened_last_time_at` is set, else false; `contradiction` if false although one is set',
    );
    expect(accepted('is_blocked')).toMatch(/if `blocked_at` is set.* although it is set$/);
    expect(accepted('clicked_last_time_at')).toBe('`time`; not before `clicked_first_time_at`, else `time_order`');
    expect(accepted('date')).toBe('`date`; if missing, the day of `sent_at`; `date_mismatch` if another day');
    expect(accepted('updated_at')).toBe(
      '`time`; required; of the rows with the same `id`, the one with the greatest value is kept',
    );
  });

  it('does not apply the rules of messages to other tables', () => {
    const holidays = REFERENCE_TABLES.find(({ table }) => table === 'holidays')!;
    expect(acceptedValues(holidays, holidays.columns[0]!)).toBe('`date`; required');
  });
});
