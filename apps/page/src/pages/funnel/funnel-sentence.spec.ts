import { describe, expect, it } from '@jest/globals';
import { funnelSentence, nestingNote, sumOf, type Stages } from './funnel-sentence.js';

const stages: Stages = {
  ...{ sent: 1000, delivered: 900, opened: 180, clicked: 45, purchased: 9 },
  ...{ clicked_unopened: 4, purchased_unopened: 1, purchased_unclicked: 3 },
};

describe('funnelSentence', () => {
  it('gives each stage over delivered or over sent', () => {
    expect(funnelSentence(stages, 'delivered', '', 'en')).toBe(
      'Of 1,000 messages, 90.0% were delivered; of the delivered, 20.0% were opened, 5.00% clicked and 1.00% bought from.',
    );
    expect(funnelSentence(stages, 'sent', 'bulk email ', 'en')).toBe(
      'Of 1,000 bulk email messages, 90.0% were delivered; of them, 18.0% were opened, 4.50% clicked and 0.900% bought from.',
    );
  });

  it('gives counts instead of rates of a few messages', () => {
    const few = { ...stages, sent: 1, delivered: 1, opened: 1, clicked: 0, purchased: 0 };
    expect(funnelSentence(few, 'delivered', '', 'en')).toBe(
      'Only 1 message, too few for rates: 1 delivered, 1 opened, 0 clicked and 0 bought from.',
    );
  });

  it('has no rates without anything to divide by', () => {
    expect(funnelSentence({ ...stages, delivered: 0 }, 'delivered', 'sms ', 'en')).toBe(
      'None of 1,000 sms messages was delivered.',
    );
    expect(funnelSentence(sumOf([]), 'sent', '', 'en')).toBe('There are no messages.');
  });
});

it('says that stages are not nested', () => {
  expect(nestingNote(stages, 'en')).toBe(
    'The stages are not nested: each is counted by itself, and 4 were clicked without a recorded open, 1 bought from without ' +
      'a recorded open and 3 bought from without a click.',
  );
  expect(nestingNote(sumOf([]), 'en')).toBe('The stages are not nested: each is counted by itself.');
});

it('adds groups', () => {
  expect(sumOf([stages, stages])).toMatchObject({ sent: 2000, purchased_unclicked: 6 });
});
