import { createRequire } from 'node:module';

// As Jest finds it: it is a dependency of Jest, not of the project.
const Sequencer = createRequire(createRequire(import.meta.url).resolve('jest'))('@jest/test-sequencer').default;

/** Suites in the order of their names. */
export default class ByName extends Sequencer {
  sort(tests) {
    return [...tests].sort((one, other) => (one.path < other.path ? -1 : 1));
  }
}
