import { isolate } from '../../format/isolate.js';
import { fullCount, percent } from '../../format/number.js';

export type Level = 'below 0.10 %' | '0.10 % to 0.30 %' | '0.30 % or more';

export interface Provider {
  readonly email_provider: string | null;
  readonly sent: number;
  readonly delivered: number;
  readonly hard_bounced: number;
  readonly soft_bounced: number;
  readonly blocked: number;
  readonly complaint_rate_delivered: number | null;
  readonly complaint_level: Level | null;
  readonly is_complaint_level_certain: boolean | null;
}

export function providerName({ email_provider: name }: Pick<Provider, 'email_provider'>): string {
  return name === null ? 'unknown provider' : name === '' ? 'no provider' : name;
}

/**
 * Which providers are at which complaint level, by what is certain. `hasMore`: these are only the largest providers;
 * `isFiltered`: only those that the filters leave.
 */
export function deliverabilitySentence(
  providers: readonly Provider[],
  { hasMore, isFiltered }: { readonly hasMore: boolean; readonly isFiltered: boolean },
  locale?: string,
): string {
  const rated = providers.filter(({ complaint_level: level }) => level !== null);
  if (providers.length === 0) return 'There are no e-mails to look at.';
  if (rated.length === 0) return 'No e-mail was delivered, so there is no complaint rate.';
  const at = (level: Level, isCertain: boolean) =>
    rated
      .filter((each) => each.complaint_level === level && (each.is_complaint_level_certain === true) === isCertain)
      .sort((a, b) => b.complaint_rate_delivered! - a.complaint_rate_delivered! || b.sent - a.sent);
  const [over, between, below] = [at('0.30 % or more', true), at('0.10 % to 0.30 %', true), at('below 0.10 %', true)];
  const [maybeOver, maybeBetween] = [at('0.30 % or more', false), at('0.10 % to 0.30 %', false)];
  const names = (list: readonly Provider[]) => namesOf(list, locale);

  const sure =
    over.length > 0
      ? `complaints are at 0.30 % or more at ${names(over)}`
      : between.length > 0
        ? `complaints are between 0.10 % and 0.30 % at ${names(between)}`
        : below.length > 0
          ? `complaints are below 0.10 % at ${names(below)}`
          : 'there are too few e-mails to be certain of the complaint level of any provider';
  const isSure = over.length + between.length + below.length > 0;
  const doubt = isSure ? ', but with too few e-mails to be certain' : '';
  const suspects =
    maybeOver.length > 0
      ? `; ${names(maybeOver)} may reach 0.30 %${doubt}`
      : over.length === 0 && maybeBetween.length > 0
        ? `; ${names(maybeBetween)} may be above 0.10 %${doubt}`
        : over.length + between.length + maybeBetween.length === 0
          ? '; no figure reaches 0.10 %'
          : '';
  const scope = [
    hasMore ? `of the ${fullCount(providers.length, locale)} providers with the most e-mails` : '',
    isFiltered ? 'within the filters' : '',
  ].filter((each) => each !== '');
  return `${capital([...scope, sure].join(', '))}${suspects}.`;
}

/** What became of the e-mails that did not arrive. */
export function failureNote(providers: readonly Provider[], locale?: string): string | null {
  const sum = (name: 'sent' | 'hard_bounced' | 'soft_bounced' | 'blocked') =>
    providers.reduce((total, provider) => total + provider[name], 0);
  const sent = sum('sent');
  if (sent === 0) return null;
  const share = (count: number) => percent(count / sent, locale);
  return (
    `Of ${fullCount(sent, locale)} e-mails to these providers, ${share(sum('hard_bounced'))} bounced hard, ` +
    `${share(sum('soft_bounced'))} bounced softly and ${share(sum('blocked'))} were blocked.`
  );
}

function namesOf(list: readonly Provider[], locale?: string): string {
  const [first, ...others] = list;
  const name = `${isolate(providerName(first!))} (${percent(first!.complaint_rate_delivered, locale)})`;
  return others.length === 0 ? name : `${name} and ${fullCount(others.length, locale)} more`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
