import { beforeAll, expect, it } from '@jest/globals';
import { madeSecrets, type Secrets } from '../support/manifests/made-secrets.js';
import { ManifestSet } from '../support/manifests/manifest-set.js';
import { rendering, RENDERINGS } from '../support/manifests/rendered.js';
import { sparkConfigViolations } from '../support/manifests/spark-config.js';

const python = process.env.MANIFESTS_PYTHON!;
let secrets: Secrets;

beforeAll(async () => {
  secrets = await madeSecrets(rendering('all'));
});

it.each(RENDERINGS)('%s: the Spark job knows its variables and accepts their values', (_name, set) => {
  expect(set.workload('spark-job')).toBeDefined();
  expect(sparkConfigViolations(set, secrets, python)).toEqual([]);
});

function job(variables: Readonly<Record<string, string>>, args: readonly string[] = []): ManifestSet {
  const env = Object.entries(variables).map(([name, value]) => ({ name, value }));
  const containers = [{ name: 'job', command: ['python', '/opt/job.py'], args, env }];
  const manifest = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'job' },
    spec: { template: { spec: { containers } } },
  };
  return new ManifestSet([manifest]);
}

const VALID = { DATABASE_URL: 'postgresql://a:b@c:5432/d', SPARK_CHECKPOINT_DIR: '/checkpoints' };

it.each([
  ['sound', VALID, []],
  ['an unknown variable', { ...VALID, SPARK_TRIGGER_MS: '1' }, ['Deployment/job: does not know SPARK_TRIGGER_MS']],
  ['a bad value', { ...VALID, PORT: 'x' }, ["Deployment/job: PORT='x': must be an integer of at least 0"]],
  ['a missing one', { SPARK_CHECKPOINT_DIR: '/checkpoints' }, [expect.stringContaining('DATABASE_URL is not set')]],
])('violations of a configuration: %s', (_what, variables, violations) => {
  expect(sparkConfigViolations(job(variables), {}, python)).toEqual(violations);
});

it('unknown arguments are an error', () => {
  expect(() => sparkConfigViolations(job(VALID, ['--source', 'nowhere']), {}, python)).toThrow(
    'rejects --source nowhere',
  );
});
