import { percent, points } from '../../format/number.js';
import { verdictOf } from '../../rates/overlap.js';
import { wholeOf, type Over, type Proportion, type RateDefinition } from '../../rates/rates.js';

export type ExperimentKind = 'A/B test' | 'warm-up' | 'A/B test and warm-up' | 'none';

/** Campaigns of one type and experiment. */
export interface Arm extends Proportion {
  readonly type: string;
  readonly experiment: ExperimentKind;
  readonly sent: number;
  readonly isMature: boolean | null;
}

/** Arms of fewer messages are not compared. */
export const ENOUGH = 100;

const WORDS: Readonly<Record<ExperimentKind, string>> = {
  'A/B test': 'with an A/B test',
  'warm-up': 'of a warm-up',
  'A/B test and warm-up': 'with an A/B test in a warm-up',
  none: 'without an experiment',
};

/** Compares the experiment with the most messages to the other campaigns of its type. */
export function experimentsSentence(arms: readonly Arm[], rate: RateDefinition, over: Over, locale?: string): string {
  if (arms.length === 0) return 'There are no campaigns to look at.';
  const experiments = arms.filter(({ experiment }) => experiment !== 'none');
  const [largest] = experiments.toSorted((a, b) => b.sent - a.sent);
  if (largest === undefined) return 'No campaign here is marked as an A/B test or a warm-up.';
  const others = arms.find(({ type, experiment }) => type === largest.type && experiment === 'none');
  const name = rate.label.toLowerCase();
  const whole = wholeOf(rate, over);
  const subject = `${capital(largest.type)} campaigns ${WORDS[largest.experiment]}`;
  if (others === undefined) return `${subject} have no other campaigns of their type to compare with.`;
  if (largest.whole < ENOUGH || others.whole < ENOUGH || largest.value === null || others.value === null) {
    return `${subject} have too few ${whole} messages to compare their ${name} with that of others.`;
  }
  if (largest.isMature !== true || others.isMature !== true) {
    return `${subject} cannot be compared yet: events for the ${name} are still arriving.`;
  }
  const rates = `${subject} have ${article(name)} ${name} of ${percent(largest.value, locale)} of ${whole}, those without an experiment ${percent(others.value, locale)}`;
  if (verdictOf(largest, others) === 'unclear') return `${rates}; the difference may be chance.`;
  const difference = points(largest.value - others.value, locale);
  return `${rates} (${difference}). A difference, not an effect: other things differ too, and there is no control group.`;
}

export function experimentName(experiment: ExperimentKind): string {
  return experiment === 'none' ? 'no experiment' : experiment;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function article(name: string): string {
  return /^[aeio]/.test(name) ? 'an' : 'a';
}
