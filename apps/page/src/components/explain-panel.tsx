import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { inFormat } from '../api/api.js';
import { columnDefinition, hasDefinitions, loadDefinitions } from '../api/definitions.js';
import { gatewayUrl } from '../base.js';
import { fullCount, percent } from '../format/number.js';
import { dateTime } from '../format/time.js';
import { timeZone } from '../settings/time-zone.js';
import { SqlButton } from './sql-button.js';
import { closeExplained, explained, hideSoon, keepShown, type Explained, type Row } from './explained.js';

/** Explains the figure that has the pointer or the focus: one panel for the whole page. */
export function ExplainPanel() {
  const shown = explained.value;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      // Escape closes an open dialog first; the browser does that.
      if (event.key !== 'Escape' || explained.value === null || document.querySelector('dialog[open]')) return;
      event.preventDefault();
      closeExplained();
    };
    const onPress = ({ target }: Event) => {
      const element = target as Element | null;
      if (explained.value && !element?.closest('.explain') && !explained.value.anchor.contains(element))
        closeExplained();
    };
    addEventListener('keydown', onKey);
    addEventListener('pointerdown', onPress);
    return () => {
      removeEventListener('keydown', onKey);
      removeEventListener('pointerdown', onPress);
    };
  }, []);
  return shown === null ? null : <Panel key={shown.anchor.id} {...shown} />;
}

function Panel(figure: Explained) {
  const { anchor, label, column, row, text, source, isPinned } = figure;
  const panel = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState<{ left: number; top: number } | null>(null);
  useEffect(loadDefinitions, []);
  const isReady = hasDefinitions.value;
  useLayoutEffect(() => {
    const move = () => setPlace(placeBeside(anchor, panel.current!));
    move();
    addEventListener('scroll', move, { capture: true, passive: true });
    addEventListener('resize', move);
    return () => {
      removeEventListener('scroll', move, { capture: true });
      removeEventListener('resize', move);
    };
  }, [isReady, anchor]);
  useEffect(() => {
    if (isPinned) panel.current?.querySelector<HTMLElement>('button')?.focus({ preventScroll: true });
  }, [isPinned]);

  const found = source === null ? undefined : columnDefinition(source.path, column);
  const definition = figure.definition ?? found?.description;
  return (
    <div
      ref={panel}
      class="explain"
      role="dialog"
      aria-label={`${label}: explanation`}
      style={{ left: `${place?.left ?? 0}px`, top: `${place?.top ?? 0}px`, visibility: place ? 'visible' : 'hidden' }}
      onPointerMove={keepShown}
      onPointerLeave={hideSoon}
      onFocusIn={keepShown}
      onFocusOut={hideSoon}
    >
      <div class="explain-head">
        <strong>{label}</strong>
        <button type="button" class="link-button" onClick={closeExplained}>
          Close
        </button>
      </div>
      <p class="explain-value">{text}</p>
      <p>{definition ?? (source === null || isReady ? 'No definition is known.' : 'Loading the definition…')}</p>
      {found?.rate && row ? <Parts row={row} {...found.rate} /> : null}
      {row ? <Interval row={row} column={column} /> : null}
      {source?.at ? <p class="secondary">Read {dateTime(source.at, timeZone.value)}.</p> : null}
      {source === null ? null : <Links {...source} anchor={anchor} column={column} />}
    </div>
  );
}

function Parts({
  row,
  numerator,
  denominator,
}: {
  readonly row: Row;
  readonly numerator: string;
  readonly denominator: string;
}) {
  const number = (name: string) => (typeof row[name] === 'number' ? fullCount(row[name]) : '—');
  return (
    <p>
      {number(numerator)} {numerator} of {number(denominator)} {denominator}
    </p>
  );
}

function Interval({ row, column }: { readonly row: Row; readonly column: string }) {
  const [low, high] = [row[`${column}_low`], row[`${column}_high`]];
  if (typeof low !== 'number' || typeof high !== 'number') return null;
  return (
    <p>
      95 % interval: {percent(low)} to {percent(high)}
    </p>
  );
}

function Links({
  address,
  isPrivate,
  anchor,
  column,
}: {
  readonly address: string;
  readonly isPrivate?: boolean;
  readonly anchor: HTMLElement;
  readonly column: string;
}) {
  return (
    <p class="explain-links">
      <SqlButton address={address} />
      {isPrivate ? null : (
        <>
          <a href={gatewayUrl(address)} target="_blank" rel="noreferrer">
            REST
          </a>
          <a href={gatewayUrl(inFormat(address, 'csv'))} download={`${column}.csv`}>
            CSV
          </a>
        </>
      )}
      <a href={`#${anchor.id}`}>Link</a>
    </p>
  );
}

const GAP = 6;

/** Below the figure, or above it if there is more room; always inside the window. */
function placeBeside(anchor: HTMLElement, panel: HTMLElement): { left: number; top: number } {
  const at = anchor.getBoundingClientRect();
  const { width, height } = panel.getBoundingClientRect();
  const room = document.documentElement;
  const below = at.bottom + GAP;
  const top = below + height <= room.clientHeight || at.top < height + GAP ? below : at.top - height - GAP;
  const left = Math.min(Math.max(GAP, at.left), room.clientWidth - width - GAP);
  return { left: Math.max(GAP, left), top: Math.max(GAP, Math.min(top, room.clientHeight - height - GAP)) };
}
