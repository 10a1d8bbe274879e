import { useMemo } from 'preact/hooks';
import { addressOf, inFormat, type RowOf } from '../../api/api.js';
import { useApi } from '../../api/use-api.js';
import { gatewayUrl } from '../../base.js';
import { DotChart } from '../../charts/dot-chart.js';
import type { Reference } from '../../charts/dot-model.js';
import { Answer } from '../../components/answer.js';
import { channelColor } from '../../components/channel-name.js';
import { DataTable, FEW, type TableColumn } from '../../components/data-table.js';
import { FirstRun, NoResult } from '../../components/empty.js';
import { SelectFilter, TextFilter } from '../../components/filters.js';
import { PageFrame, Section } from '../../components/page-frame.js';
import { useQuery } from '../../components/use-query.js';
import { fullCount } from '../../format/number.js';
import { Definition } from '../../rates/definition.js';
import { OverChoice } from '../../rates/rate-filters.js';
import { overOf, type Over } from '../../rates/rates.js';
import { deliverabilitySentence, failureNote, providerName } from './deliverability-sentence.js';

const PATH = '/api/v1/deliverability';
type Row = RowOf<typeof PATH>;

const LABELS = {
  provider: 'Provider',
  complaint_level: 'Complaint level',
  is_complaint_level_certain: 'Level certain',
};
const LEVELS = ['below 0.10 %', '0.10 % to 0.30 %', '0.30 % or more'].map((value) => ({ value, label: value }));
const YES_NO = [
  { value: 'true', label: 'yes' },
  { value: 'false', label: 'no' },
];

const LARGEST_FIRST = '-sent';
const PER_PAGE = 100;
/** Providers in a chart. */
const SHOWN = 20;

/** The columns that the page shows or needs to explain a figure. */
function namesFor(over: Over): string {
  const end = over === 'delivered' ? '_delivered' : '';
  const rates = [
    ...['delivery_rate', 'hard_bounce_rate', 'soft_bounce_rate', 'block_rate'],
    ...[`complaint_rate${end}`, `open_rate${end}`],
  ];
  return [
    ...['email_provider', 'sent', 'delivered', 'hard_bounced', 'soft_bounced', 'blocked', 'complained', 'opened'],
    ...rates.flatMap((rate) => [rate, `${rate}_low`, `${rate}_high`]),
    ...['complaint_rate_delivered', 'complaint_level', 'is_complaint_level_certain'],
  ]
    .filter((name, index, names) => names.indexOf(name) === index)
    .join(',');
}

/** Where e-mails bounce, are blocked or are marked as spam. */
export function Deliverability() {
  const { query } = useQuery();
  const over = overOf(query.over);
  const filters = {
    ...{ provider: query.provider, complaint_level: query.complaint_level },
    is_complaint_level_certain: query.is_complaint_level_certain,
  };
  const isFiltered = Object.values(filters).some((value) => value !== undefined);
  const state = useApi<typeof PATH>(
    addressOf(PATH, { ...filters, sort: LARGEST_FIRST, limit: PER_PAGE, columns: namesFor(over) }),
  );
  const rows: readonly Row[] | undefined = state.body?.data;
  const hasMore = state.body?.next != null;

  return (
    <PageFrame
      title="Deliverability"
      sentence={rows === undefined ? null : deliverabilitySentence(rows, { hasMore, isFiltered })}
      detail={rows === undefined || rows.length === 0 ? undefined : <Detail rows={rows} />}
      filters={
        <>
          <TextFilter name="provider" label="Provider" placeholder="gmail.com" />
          <SelectFilter name="complaint_level" label="Complaint level" options={LEVELS} />
          <SelectFilter name="is_complaint_level_certain" label="Level certain" options={YES_NO} />
          <OverChoice />
        </>
      }
    >
      <Answer path={PATH} state={state} height="40rem">
        {({ data, next }) =>
          data.length === 0 ? (
            isFiltered ? (
              <NoResult labels={LABELS} />
            ) : (
              <FirstRun kind="e-mails" />
            )
          ) : (
            <>
              <Charts {...{ rows: data, over, csv: gatewayUrl(inFormat(state.address, 'csv')) }} />
              {query.sort === undefined && query.cursor === undefined ? (
                <Providers {...{ rows: data, next, sort: LARGEST_FIRST, over }} />
              ) : null}
            </>
          )
        }
      </Answer>
      {query.sort === undefined && query.cursor === undefined ? null : (
        <SortedProviders {...{ filters, over }} sort={query.sort ?? LARGEST_FIRST} cursor={query.cursor} />
      )}
    </PageFrame>
  );
}

function Detail({ rows }: { readonly rows: readonly Row[] }) {
  const failures = failureNote(rows);
  return (
    <>
      {failures !== null && <p>{failures}</p>}
      <p>
        Levels are over all data and the complaints that providers report back. Gmail and Yahoo ask for less than 0.10 %
        and never 0.30 %, and count by day.
      </p>
    </>
  );
}

const LINES: readonly Reference[] = [
  { value: 0.001, name: '0.10 %' },
  { value: 0.003, name: '0.30 %' },
];

interface ChartsProps {
  readonly rows: readonly Row[];
  readonly over: Over;
  readonly csv: string;
}

function Charts({ rows, over, csv }: ChartsProps) {
  const largest = useMemo(() => largestOf(rows), [rows]);
  const column = over === 'delivered' ? 'complaint_rate_delivered' : 'complaint_rate';
  const complaints = useMemo(
    () =>
      largest.map((row) => ({
        ...dotOf(row, column, over),
        detail: `${fullCount(row[over])} ${over}, ${levelText(row)}`,
      })),
    [largest, column, over],
  );
  const left = rows.length - largest.length;
  const notes = [
    over === 'sent' ? 'The lines of Gmail and Yahoo are for rates over delivered e-mails.' : undefined,
    left > 0 ? `${fullCount(left)} smaller providers are in the table only.` : undefined,
  ].filter((note) => note !== undefined);
  return (
    <>
      <div class="page-section">
        <DotChart
          title={`Complaint rate, % of ${over}, by provider`}
          level={2}
          actions={<Definition text={`Complaint rate, % of ${over}`} column={column} />}
          note={notes.length === 0 ? undefined : notes.join(' ')}
          dots={complaints}
          {...{ unit: 'rate', of: 'provider', csv }}
          {...(over === 'delivered' ? { references: LINES } : {})}
        />
      </div>
      <Section title="E-mails that did not arrive">
        <div class="columns">
          <Failures {...{ rows: largest, csv }} column="hard_bounce_rate" label="Hard bounce rate" />
          <Failures {...{ rows: largest, csv }} column="soft_bounce_rate" label="Soft bounce rate" />
          <Failures {...{ rows: largest, csv }} column="block_rate" label="Block rate" />
        </div>
      </Section>
    </>
  );
}

/** Providers with enough e-mails, or all if none has. */
function largestOf(rows: readonly Row[]): readonly Row[] {
  const enough = rows.filter(({ sent }) => sent >= FEW);
  return (enough.length === 0 ? rows : enough).slice(0, SHOWN);
}

type Column = 'complaint_rate' | 'complaint_rate_delivered' | 'hard_bounce_rate' | 'soft_bounce_rate' | 'block_rate';

function dotOf(row: Row, column: Column, whole: Over) {
  return {
    ...{ name: providerName(row), value: row[column], low: row[`${column}_low`], high: row[`${column}_high`] },
    ...{ isSmall: row[whole] < FEW, color: channelColor('email'), detail: `${fullCount(row[whole])} ${whole}` },
  };
}

interface FailuresProps {
  readonly rows: readonly Row[];
  readonly csv: string;
  readonly column: 'hard_bounce_rate' | 'soft_bounce_rate' | 'block_rate';
  readonly label: string;
}

function Failures({ rows, csv, column, label }: FailuresProps) {
  const dots = useMemo(() => rows.map((row) => dotOf(row, column, 'sent')), [rows, column]);
  return (
    <DotChart
      title={`${label}, % of sent`}
      actions={<Definition text={`${label}, % of sent`} column={column} />}
      {...{ dots, unit: 'rate', of: 'provider', csv }}
    />
  );
}

interface ProvidersProps {
  readonly rows: readonly Row[];
  readonly next: string | null;
  readonly sort: string;
  readonly over: Over;
}

function Providers({ rows, next, sort, over }: ProvidersProps) {
  return (
    <Section title="Providers">
      <DataTable
        caption="Deliverability by provider"
        hideCaption
        columns={columnsOf(over)}
        rowKey={({ email_provider: name }) => `provider-${name ?? ''}`}
        {...{ rows, next, sort }}
      />
    </Section>
  );
}

interface SortedProps extends Pick<ProvidersProps, 'sort' | 'over'> {
  readonly filters: Readonly<Record<string, string | undefined>>;
  readonly cursor: string | undefined;
}

/** Another order or page than that of the charts. */
function SortedProviders({ filters, sort, cursor, over }: SortedProps) {
  const state = useApi<typeof PATH>(
    addressOf(PATH, { ...filters, sort, limit: PER_PAGE, cursor, columns: namesFor(over) }),
  );
  return (
    <Answer path={PATH} state={state}>
      {({ data, next }) => <Providers {...{ rows: data, next, sort, over }} />}
    </Answer>
  );
}

function columnsOf(over: Over): TableColumn<Row>[] {
  return [
    { name: 'email_provider', label: 'Provider', format: 'text', render: (row) => <bdi>{providerName(row)}</bdi> },
    { name: 'sent', label: 'Sent', format: 'count' },
    { name: 'delivery_rate', label: 'Delivery rate, % of sent', format: 'rate' },
    { name: 'hard_bounce_rate', label: 'Hard bounce rate, % of sent', format: 'rate' },
    { name: 'soft_bounce_rate', label: 'Soft bounce rate, % of sent', format: 'rate' },
    { name: 'block_rate', label: 'Block rate, % of sent', format: 'rate' },
    {
      ...{ name: over === 'delivered' ? 'complaint_rate_delivered' : 'complaint_rate', format: 'rate' },
      label: `Complaint rate, % of ${over}`,
    },
    { name: 'complaint_level', label: 'Complaint level', format: 'text', render: Level },
    {
      ...{ name: over === 'delivered' ? 'open_rate_delivered' : 'open_rate', format: 'rate' },
      label: `Open rate, % of ${over}`,
    },
  ];
}

function Level({ complaint_level: level, is_complaint_level_certain: isCertain }: Row) {
  if (level === null) return <>—</>;
  return (
    <>
      <span class="keep-together">{level}</span>
      {isCertain === true ? null : <small class="uncertain">not certain</small>}
    </>
  );
}

function levelText({ complaint_level: level, is_complaint_level_certain: isCertain }: Row): string {
  if (level === null) return '— (none delivered)';
  return isCertain === true ? level : `${level} (not certain)`;
}
