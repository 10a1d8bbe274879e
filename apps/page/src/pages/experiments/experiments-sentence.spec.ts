import { describe, expect, it } from '@jest/globals';
import { rateOf } from '../../rates/rates.js';
import { wilson } from '../../rates/wilson.js';
import { experimentsSentence, type Arm, type ExperimentKind } from './experiments-sentence.js';

const arm = (experiment: ExperimentKind, rate: number, whole = 10_000, isMature: boolean | null = true): Arm => ({
  ...{ type: 'bulk', experiment, sent: whole, count: rate * whole, whole, value: rate, isMature },
  ...wilson(rate * whole, whole, 1.96),
});

const say = (...arms: Arm[]) => experimentsSentence(arms, rateOf('open_rate'), 'delivered', 'en');

describe('experimentsSentence', () => {
  it('says that a difference is no effect', () => {
    expect(say(arm('A/B test', 0.2), arm('warm-up', 0.5, 500), arm('none', 0.15))).toBe(
      'Bulk campaigns with an A/B test have an open rate of 20.0% of delivered, those without an experiment 15.0% ' +
        '(+5 points). A difference, not an effect: other things differ too, and there is no control group.',
    );
  });

  it('says that a difference may be chance', () => {
    expect(say(arm('warm-up', 0.12, 210), arm('none', 0.14))).toBe(
      'Bulk campaigns of a warm-up have an open rate of 12.0% of delivered, those without an experiment 14.0%; the ' +
        'difference may be chance.',
    );
  });

  it('does not compare too early, with too few, or with nothing', () => {
    expect(say(arm('A/B test', 0.2, 10_000, false), arm('none', 0.15))).toContain('still arriving');
    expect(say(arm('A/B test', 0.2, 10_000, null), arm('none', 0.15))).toContain('still arriving');
    expect(say(arm('A/B test', 0.2, 99), arm('none', 0.15))).toContain('too few delivered messages');
    expect(say(arm('A/B test', 0.2))).toContain('no other campaigns');
    expect(say(arm('none', 0.15))).toBe('No campaign here is marked as an A/B test or a warm-up.');
    expect(say()).toBe('There are no campaigns to look at.');
  });

  it('does not mix types', () => {
    expect(say(arm('A/B test', 0.2), { ...arm('none', 0.1), type: 'trigger' })).toContain('no other campaigns');
  });
});
