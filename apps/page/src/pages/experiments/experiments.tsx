import { useMemo } from 'preact/hooks';
import { addressOf, inFormat, type RowOf } from '../../api/api.js';
import { useApi } from '../../api/use-api.js';
import { gatewayUrl } from '../../base.js';
import { DotChart } from '../../charts/dot-chart.js';
import { Answer } from '../../components/answer.js';
import { DataTable, type TableColumn } from '../../components/data-table.js';
import { FirstRun, NoResult } from '../../components/empty.js';
import { SelectFilter, TYPE_OPTIONS } from '../../components/filters.js';
import { PageFrame, Section } from '../../components/page-frame.js';
import { useQuery } from '../../components/use-query.js';
import { fullCount } from '../../format/number.js';
import { Definition } from '../../rates/definition.js';
import { maturityColumn, rateColumns } from '../../rates/rate-columns.js';
import { OverChoice, RateFilter } from '../../rates/rate-filters.js';
import {
  columnOf,
  overOf,
  proportionOf,
  rateOf,
  rateTitle,
  wholeOf,
  type Over,
  type RateDefinition,
} from '../../rates/rates.js';
import { ENOUGH, experimentName, experimentsSentence, type Arm } from './experiments-sentence.js';

const PATH = '/api/v1/experiments';
type Row = RowOf<typeof PATH>;

/** A/B tests and warm-ups beside the other campaigns of their type. */
export function Experiments() {
  const { query } = useQuery();
  const { type } = query;
  const rate = rateOf(query.rate);
  const over = overOf(query.over);
  const state = useApi<typeof PATH>(addressOf(PATH, { type }));
  const rows: readonly Row[] | undefined = state.body?.data;
  const arms = useMemo(() => armsOf(rows ?? [], rate, over), [rows, rate, over]);

  return (
    <PageFrame
      title="Experiments"
      sentence={rows === undefined ? null : experimentsSentence(arms, rate, over)}
      detail={
        rows === undefined || rows.length === 0 ? undefined : (
          <p>
            This compares campaigns, not the variants of a test: no message names its variant, and no client was left
            out at random. Differences are not effects.
          </p>
        )
      }
      filters={
        <>
          <SelectFilter name="type" label="Type" options={TYPE_OPTIONS} />
          <RateFilter />
          <OverChoice />
        </>
      }
    >
      <Answer path={PATH} state={state} height="28rem">
        {({ data }) =>
          data.length === 0 ? (
            type === undefined ? (
              <FirstRun kind="campaigns" />
            ) : (
              <NoResult labels={{ type: 'Type' }} />
            )
          ) : (
            <>
              <div class="page-section">
                <Rates {...{ arms, rate, over, csv: gatewayUrl(inFormat(state.address, 'csv')) }} />
              </div>
              <Section title="Campaigns by type and experiment">
                <DataTable
                  caption={`${rate.label} by type and experiment`}
                  hideCaption
                  columns={columnsOf(rate, over)}
                  rows={data}
                  rowKey={(row) => `${row.campaign_type}-${row.experiment}`}
                />
              </Section>
            </>
          )
        }
      </Answer>
    </PageFrame>
  );
}

interface RatesProps {
  readonly arms: readonly Arm[];
  readonly rate: RateDefinition;
  readonly over: Over;
  readonly csv: string;
}

function Rates({ arms, rate, over, csv }: RatesProps) {
  const whole = wholeOf(rate, over);
  const dots = useMemo(
    () =>
      arms.map(({ type, experiment, value, low, high, whole: size, isMature }) => ({
        ...{ name: `${type}, ${experimentName(experiment)}`, value, low, high, isSmall: size < ENOUGH },
        detail: `${fullCount(size)} ${whole}${isMature === true ? '' : ', still arriving'}`,
      })),
    [arms, whole],
  );
  return (
    <DotChart
      title={`${rateTitle(rate, over)}, by type and experiment`}
      level={2}
      actions={<Definition text={rateTitle(rate, over)} column={columnOf(rate, over)} />}
      {...{ dots, unit: 'rate', of: 'type and experiment', sort: 'given', csv }}
    />
  );
}

function armsOf(rows: readonly Row[], rate: RateDefinition, over: Over): Arm[] {
  return rows.map((row) => ({
    ...{ type: row.campaign_type, experiment: row.experiment, sent: row.sent, isMature: row[rate.maturity] },
    ...proportionOf(row, rate, over),
  }));
}

function columnsOf(rate: RateDefinition, over: Over): TableColumn<Row>[] {
  return [
    {
      ...{ name: 'campaign_type', label: 'Type and experiment', format: 'text' },
      render: ({ campaign_type: type, experiment }) => `${type}, ${experimentName(experiment)}`,
    },
    ...rateColumns<Row>(rate, over),
    { name: 'campaigns', label: 'Campaigns', format: 'count' },
    maturityColumn<Row>(rate),
  ];
}
