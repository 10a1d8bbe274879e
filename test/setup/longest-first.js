import { createRequire } from 'node:module';

// As Jest finds it: it is a dependency of Jest, not of the project.
const Sequencer = createRequire(createRequire(import.meta.url).resolve('jest'))('@jest/test-sequencer').default;

/**
 * The suites that take longest, in the order in which they start: long ones first, and one that computes next to one that waits.
 * All others follow. Without this a fresh clone, which has no times of an earlier run, would end with one long suite.
 */
const FIRST = [
  'chaos/outages',
  'integration/producer-changed-files',
  'chaos/moving-leaders',
  'integration/topic-positions',
  'chaos/bad-network',
  'integration/mart-init-preflight',
  'chaos/killed-apps',
  'integration/producer-watch',
  'integration/blocked-writes',
  'integration/producer',
  'chaos/hung-parts',
  'integration/consumer-group',
  'chaos/broker-of-others',
  'integration/others-batches',
  'integration/local-services',
  'integration/consumer',
  'integration/consumer-shutdown',
  'integration/mart-init',
  'integration/gateway-health',
  'integration/gateway-rest',
  'integration/terminated-connections',
  'integration/end-to-end',
];

const rankOf = ({ path }) => {
  const rank = FIRST.findIndex((name) => path.endsWith(`/test/${name}.spec.ts`));
  return rank === -1 ? FIRST.length : rank;
};

export default class LongestFirst extends Sequencer {
  sort(tests) {
    // Jest's own order, failed and slow suites first, decides among the others.
    return super.sort(tests).sort((one, other) => rankOf(one) - rankOf(other));
  }
}
