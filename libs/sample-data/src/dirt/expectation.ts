import { type ColumnName } from '../message.js';

/** The reject reasons possible for a CSV record; `column` is null if the whole record is invalid. */
export type ReasonCode =
  | 'unparsable_line'
  | 'too_large'
  | 'missing'
  | 'not_an_integer'
  | 'lost_digits'
  | 'out_of_range'
  | 'not_a_boolean'
  | 'not_a_date'
  | 'not_a_time'
  | 'ambiguous_date'
  | 'too_long'
  | 'bad_text'
  | 'unknown_value'
  | 'contradiction'
  | 'time_order'
  | 'date_mismatch';

export interface Reason {
  readonly column: ColumnName | null;
  readonly reason: ReasonCode;
}

export interface Repair {
  readonly column: ColumnName;
  readonly repair:
    'null_word' | 'whole_float' | 'utc_offset' | 'midnight_date' | 'flag_from_time' | 'date_from_sent_at';
}

/** The expected result of an altered row. */
export type Expectation =
  | { readonly reasons: readonly Reason[] }
  | {
      /** Clean values of the columns that differ from the field in the file, quotes included. */
      readonly row: Readonly<Partial<Record<ColumnName, string>>>;
      readonly repairs: readonly Repair[];
    };
