import { addressOf, inFormat, type RowOf } from '../../api/api.js';
import { useApi } from '../../api/use-api.js';
import { gatewayUrl } from '../../base.js';
import { Answer } from '../../components/answer.js';
import { DataTable, type TableColumn } from '../../components/data-table.js';
import { Section } from '../../components/page-frame.js';
import { groupKey, groupName, GroupDots } from './group-dots.js';

const PATH = '/api/v1/reopens';
type Row = RowOf<typeof PATH>;

interface AgainProps {
  readonly type: string | undefined;
  readonly channel: string | undefined;
}

/** Messages that were opened or clicked again. */
export function Again({ type, channel }: AgainProps) {
  const state = useApi<typeof PATH>(addressOf(PATH, { type, channel }));
  const csv = gatewayUrl(inFormat(state.address, 'csv'));
  return (
    <Section title="Opened and clicked again">
      <Answer path={PATH} state={state}>
        {({ data }) => (
          <>
            <div class="columns">
              <GroupDots {...{ rows: data, csv }} column="reopen_rate" whole="opened" label="Reopen rate" />
              <GroupDots {...{ rows: data, csv }} column="reclick_rate" whole="clicked" label="Reclick rate" />
            </div>
            <DataTable
              caption="Opened and clicked again, by type and channel"
              columns={COLUMNS}
              rows={data}
              rowKey={(row) => `again-${groupKey(row)}`}
            />
          </>
        )}
      </Answer>
    </Section>
  );
}

const COLUMNS: readonly TableColumn<Row>[] = [
  { name: 'message_type', label: 'Type and channel', format: 'text', render: groupName },
  { name: 'reopen_rate', label: 'Reopen rate, % of opened', format: 'rate' },
  { name: 'opened', label: 'Opened', format: 'count' },
  { name: 'reopened', label: 'Opened again', format: 'count' },
  { name: 'reclick_rate', label: 'Reclick rate, % of clicked', format: 'rate' },
  { name: 'clicked', label: 'Clicked', format: 'count' },
  { name: 'reclicked', label: 'Clicked again', format: 'count' },
];
