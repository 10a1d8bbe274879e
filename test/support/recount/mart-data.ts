import type { Client } from 'pg';
import type { contract } from '#schema/contract.js';
import { martRows, type MartRow } from '../mart-rows.js';

type Flag = (typeof contract.flags)[number]['flag'];
type EventTime = (typeof contract.flags)[number]['times'][number];

export type Message = Readonly<Record<Flag, boolean>> &
  Readonly<Record<EventTime | 'sent_at', Date | null>> & {
    readonly id: number;
    readonly message_id: string;
    readonly campaign_id: number | null;
    readonly message_type: string;
    /** As text, because it exceeds the exact range of numbers. */
    readonly client_id: string;
    readonly channel: string;
    readonly category: string | null;
    readonly platform: string | null;
    readonly email_provider: string | null;
    readonly stream: string | null;
    readonly date: string | null;
  };

export interface Campaign {
  readonly id: number;
  readonly campaign_type: string;
  readonly channel: string | null;
  readonly topic: string | null;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
  readonly total_count: number | null;
  readonly ab_test: boolean | null;
  readonly warmup_mode: boolean | null;
  readonly hour_limit: number | null;
  readonly subject_length: number | null;
  readonly subject_with_personalization: boolean | null;
  readonly subject_with_deadline: boolean | null;
  readonly subject_with_emoji: boolean | null;
  readonly subject_with_bonuses: boolean | null;
  readonly subject_with_discount: boolean | null;
  readonly subject_with_saleout: boolean | null;
  readonly is_test: boolean | null;
  readonly position: number | null;
}

/** All rows from which the mart is computed. */
export interface MartData {
  readonly messages: readonly Message[];
  readonly campaigns: readonly Campaign[];
  readonly holidays: readonly { readonly date: string; readonly holiday: string }[];
  readonly holidayCorrections: readonly {
    readonly date: string;
    readonly holiday: string;
    readonly correct_date: string | null;
  }[];
  readonly firstPurchases: ReadonlyMap<string, string>;
  readonly quarantined: readonly { readonly reasons: readonly { readonly reason: string }[] }[];
}

/** Computes the expected rows of a view without SQL. */
export type Recount = (data: MartData) => MartRow[];

export async function readMartData(client: Client): Promise<MartData> {
  const read = async <T>(sql: string) => (await martRows(client, sql)) as T[];
  const purchases = await read<{ client: string; date: string }>(
    'SELECT client_id::text AS client, first_purchase_date AS date FROM client_first_purchase_date',
  );
  return {
    messages: await read('SELECT *, client_id::text AS client_id FROM messages'),
    campaigns: await read('SELECT * FROM campaigns'),
    holidays: await read('SELECT * FROM holidays'),
    holidayCorrections: await read('SELECT * FROM holiday_corrections'),
    firstPurchases: new Map(purchases.map(({ client, date }) => [client, date])),
    quarantined: await read('SELECT reasons FROM quarantined_messages'),
  };
}
