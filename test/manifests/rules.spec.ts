import { describe, expect, it } from '@jest/globals';
import { violationsAfter } from '../support/manifests/valid-manifests.js';

const name = 'app.kubernetes.io/name';
const template = (patch: object) => ({ Deployment: { spec: { template: patch } } });
const pod = (patch: object) => template({ spec: patch });
const container = (patch: object) => pod({ containers: { 0: patch } });
const volume = (source: object) => pod({ volumes: { 1: { name: 'more', ...source } } });

it('valid manifests violate no rule', () => {
  expect(violationsAfter()).toEqual([]);
});

type Case = readonly [what: string, patch: Readonly<Record<string, unknown>>, violation: string];

const CASES: Readonly<Record<string, readonly Case[]>> = {
  labels: [
    [
      'an object without one',
      { Service: { metadata: { labels: { 'app.kubernetes.io/part-of': null } } } },
      'Service/consumer: no label app.kubernetes.io/part-of',
    ],
    [
      'pods without one',
      template({ metadata: { labels: { 'app.kubernetes.io/component': null } } }),
      'Deployment/consumer: its pods have no label app.kubernetes.io/component',
    ],
    [
      'a version on pods',
      template({ metadata: { labels: { 'app.kubernetes.io/version': '2' } } }),
      'Deployment/consumer: a template has the label app.kubernetes.io/version',
    ],
  ],
  selectors: [
    [
      'a second label',
      { Service: { spec: { selector: { 'app.kubernetes.io/part-of': 'p' } } } },
      `Service/consumer: selects by something other than ${name}`,
    ],
    [
      'an expression',
      { PodDisruptionBudget: { spec: { selector: { matchExpressions: [{ key: 'a', operator: 'DoesNotExist' }] } } } },
      `PodDisruptionBudget/consumer: selects by something other than ${name}`,
    ],
    ['nothing', { Service: { spec: { selector: { [name]: 'x' } } } }, 'Service/consumer: selects the pods of nothing'],
    [
      'pods that are not its own',
      template({ metadata: { labels: { [name]: 'x' } } }),
      'Deployment/consumer: its selector does not match its own pods',
    ],
  ],
  'service accounts': [
    ['none', pod({ serviceAccountName: null }), 'Deployment/consumer: has no service account of its own'],
    ['not there', pod({ serviceAccountName: 'x' }), 'Deployment/consumer: there is no ServiceAccount x'],
    [
      'a token',
      pod({ automountServiceAccountToken: null }),
      'Deployment/consumer: its pods get a token for the API server',
    ],
    [
      'that gives a token',
      { ServiceAccount: { automountServiceAccountToken: null } },
      'ServiceAccount/consumer: mounts its token into pods',
    ],
  ],
  namespace: [
    [
      'another profile',
      { Namespace: { metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'baseline' } } } },
      'Namespace/shop: does not enforce restricted',
    ],
    [
      'another one',
      { Service: { metadata: { namespace: 'default' } } },
      'Service/consumer: is in the namespace default',
    ],
  ],
  disruption: [
    [
      'no budget',
      { PodDisruptionBudget: { kind: 'x' } },
      'Deployment/consumer: has several pods and no PodDisruptionBudget',
    ],
    [
      'a number beside an autoscaler',
      { Deployment: { spec: { replicas: 2 } } },
      'Deployment/consumer: has both an autoscaler and a number of replicas',
    ],
    [
      'all must stay',
      { PodDisruptionBudget: { spec: { maxUnavailable: null, minAvailable: 2 } } },
      'PodDisruptionBudget/consumer: allows no disruption of Deployment/consumer, so no node can be drained',
    ],
    [
      'none may go',
      { PodDisruptionBudget: { spec: { maxUnavailable: '0%' } } },
      'PodDisruptionBudget/consumer: allows no disruption of Deployment/consumer, so no node can be drained',
    ],
  ],
  references: [
    [
      'ConfigMap',
      container({ envFrom: [{ configMapRef: { name: 'x' } }] }),
      'Deployment/consumer: there is no ConfigMap x',
    ],
    [
      'key of a ConfigMap',
      volume({ configMap: { name: 'settings', items: [{ key: 'x', path: 'x' }] } }),
      'Deployment/consumer: there is no ConfigMap settings with x',
    ],
    ['Secret', volume({ secret: { secretName: 'x' } }), 'Deployment/consumer: there is no Secret x'],
    [
      'key of a Secret',
      container({ env: { 0: { valueFrom: { secretKeyRef: { key: 'x' } } } } }),
      'Deployment/consumer: there is no Secret made with x',
    ],
    [
      'claim',
      volume({ persistentVolumeClaim: { claimName: 'x' } }),
      'Deployment/consumer: there is no PersistentVolumeClaim x',
    ],
    [
      'target of an autoscaler',
      { HorizontalPodAutoscaler: { spec: { scaleTargetRef: { name: 'x' } } } },
      'HorizontalPodAutoscaler/consumer: there is no Deployment x',
    ],
    [
      'port behind a Service',
      { Service: { spec: { ports: { 0: { targetPort: 'x' } } } } },
      'Service/consumer: none of its pods has the port x',
    ],
  ],
  addresses: [
    [
      'a name that nobody has',
      container({ env: { 1: { value: 'postgresql://a@nobody:80/d' } } }),
      'Deployment/consumer: nothing listens at nobody:80',
    ],
    [
      'a port that nobody has',
      container({ args: ['http://consumer:3000'] }),
      'Deployment/consumer: nothing listens at consumer:3000',
    ],
  ],
  'secret values': [
    [
      'a variable',
      container({ env: { 2: { name: 'API_TOKEN', value: 'hunter2' } } }),
      'Deployment/consumer, container consumer: the value of API_TOKEN',
    ],
    [
      'an address',
      container({ env: { 1: { value: 'postgresql://app:hunter2@postgres:5432/messaging' } } }),
      'Deployment/consumer: a password in a URL',
    ],
    ['a key', { ConfigMap: { data: { key: '-----BEGIN PRIVATE KEY-----' } } }, 'ConfigMap/settings: a private key'],
    ['an option', container({ command: ['a', '--password=hunter2'] }), 'Deployment/consumer: a password as an option'],
  ],
  'kafka topology': [
    [
      'a consumer without a partition',
      { HorizontalPodAutoscaler: { spec: { maxReplicas: 3 } } },
      'Deployment/consumer: up to 3 pods for 2 partitions',
    ],
  ],
};

describe.each(Object.entries(CASES))('%s', (_rule, cases) => {
  it.each(cases)('%s', (_what, patch, violation) => {
    expect(violationsAfter(patch)).toContain(violation);
  });
});
