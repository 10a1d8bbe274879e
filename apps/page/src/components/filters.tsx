import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { useQuery } from './use-query.js';

interface Option {
  readonly value: string;
  readonly label: string;
}

export const CHANNEL_OPTIONS: readonly Option[] = ['email', 'mobile_push', 'web_push', 'sms'].map(asOption);
export const TYPE_OPTIONS: readonly Option[] = ['bulk', 'trigger', 'transactional'].map(asOption);

function asOption(value: string): Option {
  return { value, label: value.replaceAll('_', ' ') };
}

interface FilterProps {
  /** Name in the page's address; usually that of the REST parameter. */
  readonly name: string;
  readonly label: string;
}

/** One of a few values, or all of them. */
export function SelectFilter({
  name,
  label,
  options,
  all = 'all',
}: FilterProps & { readonly options: readonly Option[]; readonly all?: string }) {
  const { query, setQuery } = useQuery();
  const value = query[name];
  const known = options.some((option) => option.value === value);
  return (
    <label class="filter">
      {label}
      <select
        name={name}
        value={value ?? ' '}
        onChange={({ currentTarget }) =>
          setQuery({ [name]: currentTarget.value === ' ' ? undefined : currentTarget.value })
        }
      >
        <option value=" ">{all}</option>
        {value !== undefined && !known ? <option value={value}>{value === '' ? 'none' : value}</option> : null}
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </label>
  );
}

const TYPING_MS = 300;

/** Free text; applied when typing pauses. */
export function TextFilter({ name, label, placeholder }: FilterProps & { readonly placeholder?: string }) {
  const { query, setQuery } = useQuery();
  const value = query[name] ?? '';
  const [text, setText] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  // The address may change by itself: back, a dropped filter.
  useEffect(() => setText(value), [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <label class="filter">
      {label}
      <input
        {...{ type: 'search', name, value: text, placeholder, autocomplete: 'off', dir: 'auto' }}
        onInput={({ currentTarget }) => {
          const typed = currentTarget.value;
          setText(typed);
          clearTimeout(timer.current);
          timer.current = setTimeout(
            () => setQuery({ [name]: typed === '' ? undefined : typed }, { replace: true }),
            TYPING_MS,
          );
        }}
      />
    </label>
  );
}

/** A day as YYYY-MM-DD, in UTC. */
export function DayFilter({
  name,
  label,
  min,
  max,
}: FilterProps & { readonly min?: string | undefined; readonly max?: string | undefined }) {
  const { query, setQuery } = useQuery();
  return (
    <label class="filter">
      {label}
      <input
        {...{ type: 'date', name, min, max, value: query[name] ?? '' }}
        onChange={({ currentTarget }) => setQuery({ [name]: currentTarget.value || undefined })}
      />
    </label>
  );
}

/** One of two or three ways to show the same; the first is the default and not in the address. */
export function Choice({ name, label, options }: FilterProps & { readonly options: readonly Option[] }) {
  const { query, setQuery } = useQuery();
  const group = useId();
  const chosen = query[name] ?? options[0]?.value;
  return (
    <fieldset class="choice">
      <legend>{label}</legend>
      {options.map(({ value, label: text }, index) => (
        <label key={value}>
          <input
            {...{ type: 'radio', name: group, value, checked: value === chosen }}
            onChange={() => setQuery({ [name]: index === 0 ? undefined : value })}
          />
          <span>{text}</span>
        </label>
      ))}
    </fieldset>
  );
}
