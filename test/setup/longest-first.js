import { createRequire } from 'node:module';

// Resolved from Jest, because it is a dependency of Jest and not of the project.
const Sequencer = createRequire(createRequire(import.meta.url).resolve('jest'))('@jest/test-sequencer').default;

/**
 * The longest suites, in the order in which they start; CPU-bound suites alternate with those that mostly wait. All other
 * suites follow. A fresh clone has no timings of an earlier run and would otherwise end with one long suite.
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
  'chaos/hung-components',
  'integration/consumer-group',
  'chaos/broker-settings',
  'integration/other-producers',
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
    // All other suites keep Jest's order: failed and slow ones first.
    return super.sort(tests).sort((one, other) => rankOf(one) - rankOf(other));
  }
}
