import { beforeAll, describe, expect, it } from '@jest/globals';
import { EXCEPTIONS } from '../support/manifests/exceptions.js';
import { madeSecrets, type Secrets } from '../support/manifests/made-secrets.js';
import { rendering, RENDERINGS } from '../support/manifests/rendered.js';
import { allRules } from '../support/manifests/rules.js';

let secrets: Secrets;

beforeAll(async () => {
  secrets = await madeSecrets(rendering('all'));
});

describe.each(RENDERINGS)('%s', (_name, set) => {
  it.each(allRules({}).map(({ name }, index) => [name, index] as const))('%s', (_rule, index) => {
    const violations = allRules(secrets)[index]!.violations(set);
    expect(violations.filter((violation) => !(violation in EXCEPTIONS))).toEqual([]);
  });
});

it('every exception is still needed', () => {
  const violations = RENDERINGS.flatMap(([, set]) => allRules(secrets).flatMap((rule) => rule.violations(set)));
  expect(Object.keys(EXCEPTIONS).filter((exception) => !violations.includes(exception))).toEqual([]);
});
