import { useId } from 'preact/hooks';
import { Copy } from '../components/copy.js';
import { timeZone } from '../settings/time-zone.js';
import type { ChartTable as Table } from './chart-model.js';
import { saveText } from './save-text.js';
import { cellText, csvOf, fileNameOf, tabbedOf } from './table-text.js';

interface Props {
  readonly title: string;
  readonly table: () => Table;
  readonly isOpen: boolean;
  readonly onToggle: (isOpen: boolean) => void;
  readonly csv: string | undefined;
  readonly locale: string | undefined;
}

/** The numbers of a chart as a table, to copy and to save. */
export function ChartTable({ title, table, isOpen, onToggle, csv, locale }: Props) {
  const id = useId();
  const label = isOpen ? 'Hide the table' : 'Show as table';
  return (
    <div class="chart-data">
      <div class="chart-tools">
        <button
          type="button"
          class="link-button"
          aria-expanded={isOpen}
          aria-controls={id}
          aria-label={`${label}: ${title}`}
          onClick={() => onToggle(!isOpen)}
        >
          {label}
        </button>
        {isOpen && (
          <>
            <Copy text={tabbedOf(table())} />
            <button
              type="button"
              class="button"
              onClick={() => saveText(csvOf(table()), fileNameOf(title), 'text/csv')}
            >
              Save as CSV
            </button>
            {csv !== undefined && <a href={csv}>REST answer as CSV</a>}
          </>
        )}
      </div>
      <div id={id} hidden={!isOpen}>
        {isOpen && <Rows title={title} table={table()} locale={locale} />}
      </div>
    </div>
  );
}

function Rows({ title, table, locale }: { title: string; table: Table; locale: string | undefined }) {
  const { columns, rows } = table;
  const zone = timeZone.value;
  const kind = (index: number) => (isText(columns[index]!.unit) ? undefined : 'number');
  return (
    <div class="chart-table" role="region" aria-label={`Table: ${title}`} tabIndex={0}>
      <table>
        <caption class="visually-hidden">{title}</caption>
        <thead>
          <tr>
            {columns.map(({ name }, index) => (
              <th key={index} scope="col" class={kind(index)}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            <tr key={at}>
              {row.map((cell, index) => {
                const text = cellText(cell, columns[index]!, zone, locale);
                return index === 0 ? (
                  <th key={index} scope="row" dir="auto">
                    {text}
                  </th>
                ) : (
                  <td key={index} class={kind(index)} dir={kind(index) === undefined ? 'auto' : undefined}>
                    {text}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function isText(unit: Table['columns'][number]['unit']): boolean {
  return unit === 'text' || unit === 'day' || unit === 'time';
}
