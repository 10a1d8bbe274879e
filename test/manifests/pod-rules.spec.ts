import { describe, expect, it } from '@jest/globals';
import { violationsAfter } from '../support/manifests/valid-manifests.js';

type Case = readonly [patch: object, violation: string];

const pod = (patch: object) => ({ Deployment: { spec: { template: { spec: patch } } } });
const security = (securityContext: object) => ({ securityContext });

describe('a pod', () => {
  it.each<Case>([
    [{ hostNetwork: true }, 'has hostNetwork'],
    [{ hostPID: true }, 'has hostPID'],
    [{ hostIPC: true }, 'has hostIPC'],
    [security({ sysctls: [{ name: 'kernel.msgmax', value: '1' }] }), 'sets kernel.msgmax'],
    [{ volumes: { 1: { name: 'h', hostPath: { path: '/' } } } }, 'volume h: hostPath'],
    [{ enableServiceLinks: null }, 'its environment includes variables of Services (enableServiceLinks)'],
  ])('%j', (patch, violation) => {
    expect(violationsAfter(pod(patch))).toContain(`Deployment/consumer: ${violation}`);
  });

  it('has time to stop if it keeps data', () => {
    expect(violationsAfter({ Deployment: { kind: 'StatefulSet' } })).toContain(
      'StatefulSet/consumer: no terminationGracePeriodSeconds',
    );
  });
});

describe('a container', () => {
  it.each<Case>([
    [security({ runAsNonRoot: false }), 'may run as root (runAsNonRoot)'],
    [security({ runAsUser: 0 }), 'has no runAsUser, or runs as root'],
    [security({ seccompProfile: { type: 'Unconfined' } }), 'has a seccompProfile other than RuntimeDefault'],
    [security({ allowPrivilegeEscalation: null }), 'may gain privileges (allowPrivilegeEscalation)'],
    [security({ privileged: true }), 'is privileged'],
    [security({ capabilities: { drop: ['NET_RAW'] } }), 'does not drop all capabilities'],
    [security({ capabilities: { add: ['NET_BIND_SERVICE'] } }), 'adds capabilities'],
    [security({ procMount: 'Unmasked' }), 'has an unmasked /proc (procMount)'],
    [security({ readOnlyRootFilesystem: null }), 'can write to its root file system'],
    [{ ports: { 0: { hostPort: 80 } } }, 'uses a port of its host'],
    [{ resources: { requests: { cpu: null } } }, 'requests no CPU'],
    [{ resources: { requests: { memory: null } } }, 'requests no memory'],
    [{ resources: { limits: null } }, 'no memory limit'],
    [{ resources: { limits: { memory: '1G' } } }, 'requests more memory than its limit'],
    [{ readinessProbe: null }, 'no readinessProbe'],
    [{ livenessProbe: null }, 'no livenessProbe and no startupProbe'],
    [{ livenessProbe: { httpGet: { path: '/readyz' } } }, 'its livenessProbe uses /readyz'],
    [{ livenessProbe: { httpGet: { port: 3000 } } }, 'livenessProbe uses the port number 3000 instead of its name'],
    [{ readinessProbe: { httpGet: { port: 'x' } } }, 'readinessProbe uses x, which is not a port of the container'],
    [{ image: 'a/b:latest' }, 'the image a/b:latest has no version'],
    [{ image: 'a:5000/b' }, 'the image a:5000/b has no version'],
    [{ imagePullPolicy: 'Always' }, 'its imagePullPolicy is not IfNotPresent'],
    [{ env: { 2: { name: 'CONSUMER_BATCH_ROWS', value: '1' } } }, 'does not know CONSUMER_BATCH_ROWS'],
    [{ env: { 1: { value: 'postgresql://$(X)@p/d' } } }, '$(X) refers to a variable that is missing or defined later'],
  ])('%j', (patch, violation) => {
    expect(violationsAfter(pod({ containers: { 0: patch } }))).toContain(
      `Deployment/consumer, container consumer: ${violation}`,
    );
  });

  it('is checked if it is an init container too', () => {
    const first = { name: 'first', image: 'a:1', imagePullPolicy: 'IfNotPresent' };
    expect(violationsAfter(pod({ initContainers: [first] }))).toContain(
      'Deployment/consumer, container first: can write to its root file system',
    );
  });

  it('uses the same version of an image as other containers', () => {
    const second = { name: 'second', image: 'registry.example:5000/messages-pipeline/consumer:0.2.0' };
    expect(violationsAfter(pod({ containers: { 1: second } }))).toContain(
      'Deployment/consumer, container second: the image registry.example:5000/messages-pipeline/consumer has the tag 0.2.0 here, 0.1.0 elsewhere',
    );
  });

  it('gets values that its app accepts', () => {
    expect(violationsAfter(pod({ containers: { 0: { env: { 1: { value: 'mysql://a' } } } } }))).toContainEqual(
      expect.stringContaining('DATABASE_URL (value not shown): must be postgresql://user:password@host:port/database'),
    );
  });

  it('gets no variable from a ConfigMap that no app knows', () => {
    expect(violationsAfter({ ConfigMap: { data: { KAFKA_TOPICS: 'a' } } })).toContain(
      'Deployment/consumer, container consumer: does not know KAFKA_TOPICS',
    );
  });
});
