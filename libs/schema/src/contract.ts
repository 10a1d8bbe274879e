/**
 * The contract: what a message is, as data. Everything else is generated from it or checked against it: the cleaner, the
 * entities, the live tables, the golden cases and `libs/schema/contract.json`, which the Spark job reads.
 *
 * Source of the columns and their forms: the Kaggle data set mkechinov/direct-messaging.
 */

/** How a value is normalized. */
export type Kind = 'integer' | 'boolean' | 'date' | 'time' | 'text' | 'closed_set' | 'open_set';

export interface Column {
  readonly name: string;
  readonly kind: Kind;
  /** A record without a value here is rejected as `missing`. */
  readonly required?: true;
  /** Unicode code points; `text` and `open_set` only. */
  readonly maxLength?: number;
  /** The accepted values after lower-casing; `closed_set` only. */
  readonly values?: readonly string[];
  readonly description: string;
}

/** A flag and the times that imply it. */
export interface FlagRule {
  readonly flag: string;
  readonly times: readonly string[];
}

/** Two times; `last` must not be before `first`. */
export interface OrderRule {
  readonly first: string;
  readonly last: string;
}

/** A date that must be the (UTC) date of a time. */
export interface DateRule {
  readonly date: string;
  readonly time: string;
}

/** A table of the contract: messages, which are streamed, or a reference table, which is loaded from a CSV file. */
export interface TableContract {
  readonly table: string;
  /** File name of the reference file; absent for messages. */
  readonly file?: string;
  /** The reference folder may lack this file; its table then keeps the rows it has. */
  readonly optional?: true;
  readonly description: string;
  readonly primaryKey: readonly string[];
  readonly columns: readonly Column[];
}

/** Columns of one table that name a row of another. There is no foreign key, because a stream may run ahead of its campaigns. */
export interface Relation {
  readonly table: string;
  readonly columns: readonly string[];
  readonly references: string;
  /** In the order of `columns`. */
  readonly referencedColumns: readonly string[];
}

/**
 * Why a record is not in the mart. The text appears in the data dictionary, the REST interface and mart-init's messages. If
 * the program that exported the value is at fault, it says what to change there.
 */
export const REASONS = {
  unparsable_line: 'the producer could not parse the line of the file and sent its bytes unchanged',
  unreadable_batch:
    'the consumer could not decode a batch of records and kept its bytes as one entry; the headers hold the error and the offsets',
  too_large: 'the record has more bytes than the contract allows',
  not_json:
    'the bytes are not one JSON document in valid UTF-8, or they exceed the limit for nesting or for the length of a key',
  not_an_object: 'the JSON document is not an object',
  rejected_by_database: 'PostgreSQL refused the row although the contract accepts it',
  missing: 'a required column has no value',
  not_a_scalar: 'the value is an array or an object',
  not_an_integer: 'not an integer: an optional sign, ASCII digits, and only zeros after a decimal point',
  lost_digits:
    'a number with an exponent (1.5E+18) or with a decimal point and above 2^53: a spreadsheet or a float column may have dropped digits; export the column as text or integers',
  out_of_range: 'an integer that does not fit 64 bits',
  not_a_boolean: 'none of t f true false 1 0',
  not_a_date: 'not YYYY-MM-DD, a real day from 2000 to 2099',
  not_a_time:
    'not YYYY-MM-DD HH:MM:SS[.1-6 digits][Z or an offset such as +02:00], a real moment from 2000 to 2099 in UTC',
  too_precise:
    'a time with digits beyond microseconds, which PostgreSQL cannot keep (2021-04-30T10:00:00.123456789Z); round or cut times to six digits of a fraction',
  ambiguous_date:
    'a date that does not say which part is day, month or year (4/30/2021, 04.05.21); export dates as YYYY-MM-DD, times as YYYY-MM-DD HH:MM:SS',
  too_long: 'more characters than the column holds',
  bad_text: 'holds a NUL character or a lone surrogate',
  unknown_value: 'not one of the values of this column',
  contradiction: 'the flag is f although one of its times has a value',
  time_order: 'the last time lies before the first',
  date_mismatch: 'not the date of sent_at',
} as const;

export type ReasonCode = keyof typeof REASONS;

/** Repairs that the cleaner makes and counts. */
export const REPAIRS = {
  null_word: 'one of the words NULL, \\N, nan and NaT was read as a missing value',
  whole_float: 'a decimal point followed only by zeros was removed from a number (123.0)',
  utc_offset: 'a time with an offset was converted to UTC (2021-04-30T10:00:00+02:00)',
  midnight_date: 'a time of midnight (UTC) was removed from a date (2021-04-30 00:00:00)',
  flag_from_time: 'a missing flag was derived from its times',
  date_from_sent_at: 'a missing date was derived from sent_at',
} as const;

export type RepairCode = keyof typeof REPAIRS;

/** A reason and its column; `column` is null if the whole record is at fault. */
export interface Reason {
  readonly column: string | null;
  readonly reason: ReasonCode;
}

const TEXT = 255;

export const contract = {
  version: 1,
  topic: 'message_data',
  record: {
    /** Longer Kafka values are rejected as `too_large` without parsing. */
    maxBytes: 1_048_576,
    /** Levels of nested arrays and objects, the record itself included; a record that is nested deeper is `not_json`. */
    maxDepth: 1000,
    /** UTF-16 code units of a key at any depth, after resolving its escapes; a record with a longer key is `not_json`. */
    maxKeyLength: 49_999,
    /** A record with this Kafka header is a line that the producer could not parse. */
    unparsableHeader: 'csv-error',
    /** Further Kafka headers of such a record: the file's base name, and the number of the line (the header is line 1). */
    fileHeader: 'csv-file',
    lineHeader: 'csv-line',
  },
  /** Years accepted in dates and times: from (included) to (excluded). */
  years: { from: 2000, to: 2100 },
  /** What SQL, COPY, MySQL and pandas write for a missing value. Recognized in any case, in every column. */
  nullWords: ['null', '\\n', 'nan', 'nat'],
  /** The greatest number accepted with a decimal point. Beyond it, a double cannot represent every integer. */
  maxWholeFloat: '9007199254740991',
  table: 'messages',
  description:
    'Messages sent to clients, one row for each id in its newest version. Events of a message are columns: a row ' +
    'holds its final state. Rates by day, channel, campaign and more are in the schema mart.',
  primaryKey: ['id'],
  /** Of two rows with the same key, the greater version wins; if equal, the stored one. */
  versionColumn: 'updated_at',
  columns: [
    { name: 'id', kind: 'integer', required: true, description: 'Id of the message, roughly in load order' },
    {
      name: 'message_id',
      kind: 'text',
      required: true,
      maxLength: 128,
      description: 'Name of the message in the sending system: a UUID, or client, campaign and a hexadecimal tail',
    },
    {
      name: 'campaign_id',
      kind: 'integer',
      description: 'Campaign; refers to campaigns together with message_type',
    },
    {
      name: 'message_type',
      kind: 'closed_set',
      required: true,
      values: ['bulk', 'trigger', 'transactional'],
      description: 'Kind of campaign; the campaign_type of campaigns',
    },
    { name: 'client_id', kind: 'integer', required: true, description: 'Client the message was sent to, 19 digits' },
    {
      name: 'channel',
      kind: 'closed_set',
      required: true,
      values: ['email', 'mobile_push', 'web_push', 'sms'],
      description: 'Channel of this message',
    },
    { name: 'category', kind: 'text', maxLength: TEXT, description: 'Category; empty in all known data' },
    { name: 'platform', kind: 'open_set', maxLength: TEXT, description: 'Device of the reader; opened messages only' },
    { name: 'email_provider', kind: 'open_set', maxLength: TEXT, description: "Domain of the client's e-mail address" },
    {
      name: 'stream',
      kind: 'open_set',
      maxLength: TEXT,
      description: 'Where the client signed up: desktop, android, ios',
    },
    { name: 'date', kind: 'date', description: 'Day of sent_at (UTC)' },
    { name: 'sent_at', kind: 'time', description: 'When the message was sent (UTC)' },
    { name: 'is_opened', kind: 'boolean', description: 'Opened at least once' },
    { name: 'opened_first_time_at', kind: 'time', description: 'First open; can lie seconds before sent_at' },
    { name: 'opened_last_time_at', kind: 'time', description: 'Last open' },
    { name: 'is_clicked', kind: 'boolean', description: 'Clicked at least once; also without an open' },
    { name: 'clicked_first_time_at', kind: 'time', description: 'First click' },
    { name: 'clicked_last_time_at', kind: 'time', description: 'Last click' },
    { name: 'is_unsubscribed', kind: 'boolean', description: 'The client unsubscribed through this message' },
    { name: 'unsubscribed_at', kind: 'time', description: 'When the client unsubscribed' },
    {
      name: 'is_hard_bounced',
      kind: 'boolean',
      description: 'Permanently refused, for example because the address is unknown',
    },
    { name: 'hard_bounced_at', kind: 'time', description: 'When it was permanently refused' },
    {
      name: 'is_soft_bounced',
      kind: 'boolean',
      description: 'Temporarily refused, for example because the mailbox is full',
    },
    { name: 'soft_bounced_at', kind: 'time', description: 'When it was temporarily refused' },
    { name: 'is_complained', kind: 'boolean', description: 'Marked as spam by the client' },
    { name: 'complained_at', kind: 'time', description: 'When it was marked as spam' },
    { name: 'is_blocked', kind: 'boolean', description: 'Blocked by the provider' },
    { name: 'blocked_at', kind: 'time', description: 'When it was blocked' },
    { name: 'is_purchased', kind: 'boolean', description: 'A purchase is attributed to this message' },
    { name: 'purchased_at', kind: 'time', description: 'When the purchase was made' },
    { name: 'created_at', kind: 'time', required: true, description: 'When the row was created in the source system' },
    {
      name: 'updated_at',
      kind: 'time',
      required: true,
      description: 'When the row was last changed in the source system; the version of the row',
    },
  ],
  flags: [
    { flag: 'is_opened', times: ['opened_first_time_at', 'opened_last_time_at'] },
    { flag: 'is_clicked', times: ['clicked_first_time_at', 'clicked_last_time_at'] },
    { flag: 'is_unsubscribed', times: ['unsubscribed_at'] },
    { flag: 'is_hard_bounced', times: ['hard_bounced_at'] },
    { flag: 'is_soft_bounced', times: ['soft_bounced_at'] },
    { flag: 'is_complained', times: ['complained_at'] },
    { flag: 'is_blocked', times: ['blocked_at'] },
    { flag: 'is_purchased', times: ['purchased_at'] },
  ],
  orders: [
    { first: 'opened_first_time_at', last: 'opened_last_time_at' },
    { first: 'clicked_first_time_at', last: 'clicked_last_time_at' },
  ],
  dates: [{ date: 'date', time: 'sent_at' }],
  reasons: REASONS,
  repairs: REPAIRS,
  reference: [
    {
      table: 'campaigns',
      file: 'campaigns.csv',
      description:
        'Campaigns. The key is id and campaign_type: some ids belong to both a bulk and a transactional campaign, so join on both',
      primaryKey: ['id', 'campaign_type'],
      columns: [
        {
          name: 'id',
          kind: 'integer',
          required: true,
          description: 'Id of the campaign; unique only together with campaign_type',
        },
        {
          name: 'campaign_type',
          kind: 'closed_set',
          required: true,
          values: ['bulk', 'trigger', 'transactional'],
          description: 'Kind of campaign; part of the key',
        },
        {
          name: 'channel',
          kind: 'open_set',
          maxLength: TEXT,
          description: 'Channel of the campaign; multichannel for triggers',
        },
        { name: 'topic', kind: 'text', maxLength: TEXT, description: 'What the campaign is about' },
        { name: 'started_at', kind: 'time', description: 'Start of the sending (UTC)' },
        { name: 'finished_at', kind: 'time', description: 'End of the sending (UTC)' },
        { name: 'total_count', kind: 'integer', description: 'Number of recipients' },
        { name: 'ab_test', kind: 'boolean', description: 'An A/B test of subjects' },
        { name: 'warmup_mode', kind: 'boolean', description: 'Sent slowly to build up a sender reputation' },
        { name: 'hour_limit', kind: 'integer', description: 'Maximum number of messages per hour in warm-up mode' },
        { name: 'subject_length', kind: 'integer', description: 'Characters of the subject line' },
        { name: 'subject_with_personalization', kind: 'boolean', description: 'The subject names the client' },
        { name: 'subject_with_deadline', kind: 'boolean', description: 'The subject names a deadline' },
        { name: 'subject_with_emoji', kind: 'boolean', description: 'The subject holds an emoji' },
        { name: 'subject_with_bonuses', kind: 'boolean', description: 'The subject offers bonuses' },
        { name: 'subject_with_discount', kind: 'boolean', description: 'The subject offers a discount' },
        { name: 'subject_with_saleout', kind: 'boolean', description: 'The subject announces a sale' },
        { name: 'is_test', kind: 'boolean', description: 'A test campaign; only known for triggers, otherwise empty' },
        { name: 'position', kind: 'integer', description: 'Position in a series of triggers' },
      ],
    },
    {
      table: 'client_first_purchase_date',
      file: 'client_first_purchase_date.csv',
      description:
        'Day of the first purchase of each client who bought something. Purchases before a certain day were not recorded',
      primaryKey: ['client_id'],
      columns: [
        { name: 'client_id', kind: 'integer', required: true, description: 'Client' },
        { name: 'first_purchase_date', kind: 'date', required: true, description: 'Day of the first purchase' },
      ],
    },
    {
      table: 'holidays',
      file: 'holidays.csv',
      description: 'Holidays. A day can have several, so a join on the day can duplicate rows',
      primaryKey: ['date', 'holiday'],
      columns: [
        { name: 'date', kind: 'date', required: true, description: 'Day of the holiday; one day can have several' },
        { name: 'holiday', kind: 'text', required: true, maxLength: TEXT, description: 'Name of the holiday' },
      ],
    },
    {
      table: 'holiday_corrections',
      file: 'holiday_corrections.csv',
      optional: true,
      description:
        'Corrections of holidays, so that a mistyped date need not be changed in holidays.csv. mart.holiday_calendar applies them',
      primaryKey: ['date', 'holiday'],
      columns: [
        { name: 'date', kind: 'date', required: true, description: 'Date of the holiday as it is in holidays' },
        {
          name: 'holiday',
          kind: 'text',
          required: true,
          maxLength: TEXT,
          description: 'Name of the holiday, exactly as it is in holidays',
        },
        {
          name: 'correct_date',
          kind: 'date',
          description:
            'The correct date. Empty removes the holiday; the same date confirms it, so that data_quality no longer doubts it',
        },
      ],
    },
  ],
  relations: [
    {
      table: 'messages',
      columns: ['campaign_id', 'message_type'],
      references: 'campaigns',
      referencedColumns: ['id', 'campaign_type'],
    },
    {
      table: 'messages',
      columns: ['client_id'],
      references: 'client_first_purchase_date',
      referencedColumns: ['client_id'],
    },
    { table: 'messages', columns: ['date'], references: 'holidays', referencedColumns: ['date'] },
    {
      table: 'holiday_corrections',
      columns: ['date', 'holiday'],
      references: 'holidays',
      referencedColumns: ['date', 'holiday'],
    },
  ],
} as const satisfies {
  columns: readonly Column[];
  flags: readonly FlagRule[];
  orders: readonly OrderRule[];
  dates: readonly DateRule[];
  reference: readonly TableContract[];
  relations: readonly Relation[];
  [key: string]: unknown;
};

export type ColumnName = (typeof contract.columns)[number]['name'];

/** Names of the columns of `messages`, in the order of the file and of a clean row's values. */
export const COLUMN_NAMES: readonly ColumnName[] = contract.columns.map((column) => column.name);

/** A table that mart-init loads from a CSV file. */
export interface ReferenceTable extends TableContract {
  readonly file: string;
}

export const REFERENCE_TABLES: readonly ReferenceTable[] = contract.reference;
