import type { MartRow } from '../mart-rows.js';
import { countsAndRates, groupBy, rate, ratio, type Rate } from './counting.js';
import { dayNumber, isDated, isRightCensored } from './days.js';
import type { MartData, Recount } from './mart-data.js';

const LIFTED: readonly Rate[] = ['open_rate', 'click_rate', 'purchase_rate'];
const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = 'January February March April May June July August September October November December'.split(' ');

interface Entry {
  readonly date: string;
  readonly holiday: string;
  readonly corrected_from: string | null;
  readonly isCorrected: boolean;
}

interface Judged extends Entry {
  /** The other entry within half a year, if the name occurs twice there and nowhere else. */
  readonly twin: Entry | undefined;
  /** The day or weekday of all others, if it differs. */
  readonly sameDayOfOthers: string | undefined;
  readonly weekdayOfOthers: string | undefined;
  /** A day in a neighbouring year at which the name is missing, and whether it has the twin's weekday. */
  readonly gap: { readonly day: string; readonly fits: boolean } | undefined;
}

const yearOf = (date: string) => Number(date.slice(0, 4));
const weekdayOf = (date: string) => WEEKDAYS[new Date(date).getUTCDay()]!;
const distance = (one: string, other: string) => Math.abs(dayNumber(one) - dayNumber(other));

/** The same day of another year; 28 February if that year has no 29 February. */
function inYear(date: string, year: number): string {
  const moved = `${year}${date.slice(4)}`;
  return new Date(moved).toISOString().slice(0, 10) === moved ? moved : `${year}-02-28`;
}

function only<T>(values: readonly T[]): T | undefined {
  return new Set(values).size === 1 ? values[0] : undefined;
}

function entriesOf({ holidays, holidayCorrections }: MartData): Entry[] {
  const moved = holidays.flatMap(({ date: from, holiday }) => {
    const correction = holidayCorrections.find((each) => each.date === from && each.holiday === holiday);
    if (!correction) return [{ date: from, holiday, from, isCorrected: false }];
    return correction.correct_date === null
      ? []
      : [{ date: correction.correct_date, holiday, from, isCorrected: true }];
  });
  return groupBy(moved, ({ date, holiday }) => ({ date, holiday })).map(({ key, items }) => ({
    ...key,
    corrected_from: firstOf(items.map(({ from }) => from).filter((from) => from !== key.date)),
    isCorrected: items.some(({ isCorrected }) => isCorrected),
  }));
}

const firstOf = (dates: readonly string[]) => [...dates].sort()[0] ?? null;

function judge(name: readonly Entry[], calendar: readonly Entry[]): Judged[] {
  const othersOf = (entry: Entry) => name.filter((other) => other !== entry);
  const closeTo = (entry: Entry) => othersOf(entry).filter((other) => distance(entry.date, other.date) < 183);
  const isOnePair = name.filter((entry) => closeTo(entry).length > 0).length === 2;
  return name.map((entry) => {
    const others = othersOf(entry);
    const days = others.map(({ date }) => inYear(date, yearOf(entry.date)));
    const day = others.length > 1 ? only(days) : undefined;
    const weekday = others.length > 1 ? only(others.map(({ date }) => weekdayOf(date))) : undefined;
    const keepsWeekday = weekday === weekdayOf(entry.date);
    const width = Math.max(...days.map(dayNumber)) - Math.min(...days.map(dayNumber));
    const isOffDay = day !== undefined && day !== entry.date && !/^S/.test(weekdayOf(day)) && !keepsWeekday;
    const areOthersMoved = others.every(
      ({ date }, i) => days[i] === entry.date || /^S/.test(weekdayOf(inYear(entry.date, yearOf(date)))),
    );
    const isOffWeekday = weekday !== undefined && !keepsWeekday && width > 0 && width < 7 && !areOthersMoved;
    const [twin] = isOnePair ? closeTo(entry) : [];
    return {
      ...{ ...entry, twin },
      sameDayOfOthers: isOffDay ? day : undefined,
      weekdayOfOthers: isOffWeekday ? weekday : undefined,
      gap: twin && gapOf(entry, twin, name, calendar),
    };
  });
}

function gapOf(entry: Entry, twin: Entry, name: readonly Entry[], calendar: readonly Entry[]): Judged['gap'] {
  const dates = calendar.map(({ date }) => date).sort();
  const [first, last] = [dates[0]!, dates.at(-1)!];
  const isCovered = (day: string, fits: boolean) =>
    fits ? yearOf(day) >= yearOf(first) && yearOf(day) <= yearOf(last) : day >= first && day <= last;
  const gaps = [1, -1]
    .map((years) => inYear(entry.date, yearOf(entry.date) + years))
    .filter((day) => name.every(({ date }) => distance(date, day) >= 183))
    .map((day) => ({ day, fits: weekdayOf(day) === weekdayOf(twin.date) && distance(entry.date, twin.date) < 8 }))
    .filter(({ day, fits }) => isCovered(day, fits));
  return gaps.find(({ fits }) => fits) ?? gaps[0];
}

function doubtOf(entry: Judged, name: readonly Judged[]): string | null {
  const { date, twin, gap, sameDayOfOthers: day, weekdayOfOthers: weekday } = entry;
  const isRuled = (each: Judged) => each.sameDayOfOthers !== undefined || each.weekdayOfOthers !== undefined;
  const fitting = name.filter((each) => each.gap?.fits).length;
  const isTwin = gap !== undefined && !name.some(isRuled) && (gap.fits || fitting !== 1);
  if (entry.isCorrected || !(isRuled(entry) || isTwin)) return null;
  return [
    ...(gap ? [`also on ${twin!.date}, but missing around ${gap.day}`] : []),
    ...(weekday ? [`a ${weekdayOf(date)}, but all others are on a ${weekday}`] : []),
    ...(day ? [`all others are on ${Number(day.slice(8))} ${MONTHS[Number(day.slice(5, 7)) - 1]}`] : []),
  ].join('; ');
}

interface Holiday extends MartRow {
  readonly date: string;
  readonly holiday: string;
  readonly corrected_from: string | null;
  readonly is_doubtful: boolean;
  readonly doubt: string | null;
}

function calendarOf(data: MartData): Holiday[] {
  const entries = entriesOf(data);
  return groupBy(entries, ({ holiday }) => ({ holiday })).flatMap(({ items }) => {
    const judged = judge(items, entries);
    return judged.map((entry) => {
      const { date, holiday, corrected_from } = entry;
      const doubt = doubtOf(entry, judged);
      return { date, holiday, corrected_from, is_doubtful: doubt !== null, doubt };
    });
  });
}

export const holidaysRecounts: Readonly<Record<string, Recount>> = {
  holiday_calendar: calendarOf,

  holiday_effect: (data) => {
    const calendar = calendarOf(data);
    const holidaysOn = (day: string) => calendar.filter(({ date }) => date === day);
    const dated = data.messages.filter(isDated);
    return groupBy(dated, ({ message_type, date }) => ({
      message_type,
      date: holidaysOn(date).length > 0 ? date : null,
    })).map(({ key: { message_type, date }, items }) => {
      const holidays = date === null ? [] : holidaysOn(date);
      const names = holidays.map(({ holiday }) => holiday).sort();
      const days = new Set(items.map((message) => message.date)).size;
      const regular = dated.filter(
        (message) => message.message_type === message_type && holidaysOn(message.date).length === 0,
      );
      return {
        ...{ message_type, date, days },
        holiday: names.length === 0 ? 'regular day' : names.join(' + '),
        is_holiday: date !== null,
        is_doubtful: holidays.some(({ is_doubtful }) => is_doubtful),
        is_right_censored: date && isRightCensored(date, data.messages),
        is_purchase_right_censored: date && isRightCensored(date, data.messages, 14),
        ...countsAndRates(items),
        sent_per_day: ratio(items.length, days, 1),
        ...Object.fromEntries(
          LIFTED.map((name) => [`${name}_lift`, difference(rate(items, name), rate(regular, name))]),
        ),
      };
    });
  },
};

function difference(one: number | null, other: number | null): number | null {
  return one === null || other === null ? null : ratio(one * 1e6 - other * 1e6, 1e6);
}

/** The holidays of each day that has one. */
export function holidaysByDay(
  data: MartData,
): ReadonlyMap<string, { readonly names: string; readonly isDoubtful: boolean }> {
  return new Map(
    groupBy(calendarOf(data), ({ date }) => ({ date })).map(({ key, items }) => [
      key.date,
      {
        names: items
          .map(({ holiday }) => holiday)
          .sort()
          .join(' + '),
        isDoubtful: items.some(({ is_doubtful }) => is_doubtful),
      },
    ]),
  );
}

/** The rows of data_quality about holidays. */
export function holidayChecks(data: MartData): MartRow[] {
  const { holidays, holidayCorrections: corrections } = data;
  const dated = data.messages.filter(isDated);
  const calendar = calendarOf(data);
  const years = new Set(calendar.map(({ date }) => yearOf(date)));
  const row = (check_name: string, detail: string, figure: number, of_total: number) => ({
    ...{ check_name, detail, figure, of_total },
    share: ratio(figure, of_total),
  });
  return [
    ...calendar
      .filter(({ is_doubtful }) => is_doubtful)
      .map(({ date, holiday, doubt }) =>
        row(
          'doubtful holiday',
          `${holiday} on ${date}: ${doubt}`,
          dated.filter((m) => m.date === date).length,
          dated.length,
        ),
      ),
    ...corrections
      .filter(({ date, holiday }) => !holidays.some((each) => each.date === date && each.holiday === holiday))
      .map(({ date, holiday }) => row('unused holiday correction', `${holiday} on ${date}`, 1, corrections.length)),
    ...groupBy(years.size === 0 ? [] : dated.filter(({ date }) => !years.has(yearOf(date))), ({ date }) => ({
      year: date.slice(0, 4),
    })).map(({ key, items }) => row('year without holidays', key.year, items.length, dated.length)),
  ];
}
