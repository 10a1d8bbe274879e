import type { ComponentChildren } from 'preact';
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { ChartProps } from './chart-props.js';
import {
  firstPlace,
  isMoveKey,
  move,
  nearestPlace,
  wordsText,
  type Box,
  type ChartModel,
  type Drawing,
  type Place,
  type Size,
} from './chart-model.js';
import { ChartTable } from './chart-table.js';

interface Props extends ChartProps {
  /** Such as "Line chart". */
  readonly kind: string;
  readonly model: ChartModel;
  /** Null while the drawing library loads. A new function draws again. */
  readonly draw: ((size: Size) => Drawing) | null;
  /** Height at the usual size of type. */
  readonly height: number;
  /** Below the picture, such as a key. */
  readonly children?: ComponentChildren;
}

interface Active extends Place {
  readonly by: 'key' | 'pointer';
}

const HEADINGS = { 2: 'h2', 3: 'h3', 4: 'h4' } as const;

/** The usual size of a chart's text, for which heights are given. */
const FONT_SIZE = 12;

/**
 * A chart with its title, tip, keyboard and table. It is one tab stop: arrow keys, Home and End walk from mark to mark, and what
 * hover shows is read aloud.
 */
export function ChartFrame({ kind, model, draw, height, children, ...props }: Props) {
  const { title, level = 3, actions, note, csv, empty = 'Nothing to show.', locale } = props;
  const id = useId();
  const picture = useRef<HTMLDivElement>(null);
  const drawing = useRef<Drawing | null>(null);
  const [{ width, fontSize }, setSpace] = useState({ width: 0, fontSize: FONT_SIZE });
  const [active, setActive] = useState<Active | null>(null);
  const [isTable, setTable] = useState(false);
  const scaled = Math.round((height * fontSize) / FONT_SIZE);
  const first = firstPlace(model);
  const isEmpty = first === null;

  useLayoutEffect(() => {
    const element = picture.current;
    if (element === null) return;
    const measure = () => {
      const size = Number.parseFloat(getComputedStyle(element).fontSize) || FONT_SIZE;
      const wide = Math.floor(element.clientWidth);
      setSpace((last) => (last.width === wide && last.fontSize === size ? last : { width: wide, fontSize: size }));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [isEmpty]);

  const [, setDrawn] = useState(0);
  useLayoutEffect(() => {
    if (picture.current === null || draw === null || width === 0) return;
    drawing.current = draw({ width, height: scaled, fontSize, id });
    picture.current.replaceChildren(drawing.current.svg);
    // The outline and the tip stand where the mark is now.
    if (active !== null) setDrawn((times) => times + 1);
  }, [draw, width, scaled, fontSize]);

  // A tip that the pointer opened is closed by Escape wherever the focus is.
  useEffect(() => {
    if (active === null) return;
    const close = (event: KeyboardEvent) => {
      if (event.key === 'Escape') setActive(null);
    };
    document.addEventListener('keydown', close);
    return () => document.removeEventListener('keydown', close);
  }, [active === null]);

  const words = active === null ? null : model.words(active);
  const box = active === null || words === null ? null : (drawing.current?.box(active) ?? null);

  const onKeyDown = (event: KeyboardEvent) => {
    if (!isMoveKey(event.key) || event.ctrlKey || event.metaKey || event.altKey || first === null) return;
    event.preventDefault();
    const next = active === null || words === null ? first : move(model, active, event.key);
    setActive({ ...next, by: 'key' });
  };
  const onFocus = (event: FocusEvent) => {
    // A click focuses too, but its mark is the one below the pointer.
    if (first !== null && (event.currentTarget as Element).matches(':focus-visible'))
      setActive({ ...first, by: 'key' });
  };
  const point = (event: PointerEvent) => {
    if (drawing.current === null || picture.current === null) return;
    const { left, top } = picture.current.getBoundingClientRect();
    const place = nearestPlace(model, drawing.current, event.clientX - left, event.clientY - top);
    if (place === null) return;
    if (active === null || place.row !== active.row || place.column !== active.column || active.by === 'key') {
      setActive({ ...place, by: 'pointer' });
    }
  };
  const onLeave = ({ pointerType }: PointerEvent) => {
    if (pointerType === 'mouse' && active?.by === 'pointer') setActive(null);
  };

  const Heading = HEADINGS[level];
  return (
    <figure class="chart" aria-labelledby={`${id}-title`}>
      <div class="chart-head">
        <Heading class="chart-title" id={`${id}-title`}>
          {title}
        </Heading>
        {actions}
      </div>
      {note !== undefined && note !== null && <p class="chart-note">{note}</p>}
      {isEmpty ? (
        <p class="chart-empty" style={{ minHeight: scaled }}>
          {empty}
        </p>
      ) : (
        <div
          class="chart-body"
          role="application"
          aria-roledescription="chart"
          aria-label={`${kind}: ${title}`}
          aria-describedby={`${id}-keys`}
          tabIndex={0}
          onKeyDown={onKeyDown}
          onFocus={onFocus}
          onBlur={() => setActive(null)}
          onPointerMove={point}
          onPointerDown={point}
          onPointerLeave={onLeave}
        >
          <div class="chart-picture" ref={picture} style={{ height: scaled }} />
          {box !== null && <div class="chart-cursor" style={cursorStyle(box)} />}
          {box !== null && words !== null && (
            <div class="chart-tip" style={tipStyle(box, width, scaled)} aria-hidden="true">
              <strong dir="auto">{words.head}</strong>
              {words.lines.map((line, index) => (
                <span key={index} dir="auto">
                  {line}
                </span>
              ))}
            </div>
          )}
          <p class="visually-hidden" aria-live="polite">
            {active?.by === 'key' && words !== null ? wordsText(words) : ''}
          </p>
        </div>
      )}
      <p class="visually-hidden" id={`${id}-keys`}>
        Arrow keys move from mark to mark, Home and End to the first and last, Escape closes. The same figures are below
        as a table.
      </p>
      {!isEmpty && children}
      {!isEmpty && (
        <ChartTable title={title} table={model.table} isOpen={isTable} onToggle={setTable} csv={csv} locale={locale} />
      )}
    </figure>
  );
}

function cursorStyle({ x, y, width, height }: Box) {
  return { left: x, top: y, width, height };
}

/** Above the mark, or below where there is no room; moved sideways so that it stays within the chart. */
function tipStyle({ x, y, width, height }: Box, chartWidth: number, chartHeight: number) {
  const middle = Math.min(chartWidth, Math.max(0, x + width / 2));
  const isBelow = y < chartHeight / 3;
  return {
    left: middle,
    top: isBelow ? y + height + 8 : y - 8,
    transform: `translate(${(-100 * middle) / Math.max(1, chartWidth)}%, ${isBelow ? 0 : -100}%)`,
  };
}
