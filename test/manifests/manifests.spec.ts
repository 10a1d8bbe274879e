import { beforeAll, describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { ERASE } from '../support/manifests/apps.js';
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

it('the image of mart-init has the command that erases a client', () => {
  const [, target = ''] = readFileSync('deploy/images/apps/Dockerfile', 'utf8').split(/^FROM runtime AS mart-init$/m);
  const [, copied = ''] = /COPY --from=build \/app\/(\S+) \1\n/.exec(target.split('\nFROM ')[0]!) ?? [];
  const commands = RENDERINGS.flatMap(([, set]) => set.workloads)
    .filter(({ manifest }) => manifest.metadata.name === 'mart-erase')
    .flatMap(({ containers }) => containers.map(({ command = [] }) => command[1]));

  expect(ERASE.startsWith(`${copied}/`)).toBe(true);
  expect(existsSync(ERASE.replace('dist/', '').replace(/js$/, 'ts'))).toBe(true);
  expect([...new Set(commands)]).toEqual([ERASE]);
});
