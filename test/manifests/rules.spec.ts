import { describe, expect, it } from '@jest/globals';
import { allRules } from '../support/manifests/rules.js';
import { SOUND_SECRETS, soundManifests, type Breakable } from '../support/manifests/sound-manifests.js';

const complaintsAbout = (set: ReturnType<typeof soundManifests>) =>
  allRules(SOUND_SECRETS).flatMap(({ complaints }) => complaints(set));

it('no rule has anything against sound manifests', () => {
  expect(complaintsAbout(soundManifests())).toEqual([]);
});

type Case = readonly [what: string, breakIt: (objects: Record<string, Breakable>) => void, complaint: string];

const pod = (breakPod: (pod: Breakable) => void) => (objects: Record<string, Breakable>) =>
  breakPod(objects.Deployment.spec.template.spec);
const container = (breakContainer: (container: Breakable) => void) =>
  pod(({ containers }) => breakContainer(containers[0]));

const CASES: Readonly<Record<string, readonly Case[]>> = {
  labels: [
    ['an object without one', ({ Service }) => delete Service.metadata.labels['app.kubernetes.io/part-of'], 'Service/consumer: no label app.kubernetes.io/part-of'],
    ['pods without one', ({ Deployment }) => delete Deployment.spec.template.metadata.labels['app.kubernetes.io/component'], 'Deployment/consumer: its pods have no label app.kubernetes.io/component'],
    ['a version on pods', ({ Deployment }) => (Deployment.spec.template.metadata.labels['app.kubernetes.io/version'] = '2'), 'Deployment/consumer: a template has the label app.kubernetes.io/version'],
  ],
  selectors: [
    ['a second label', ({ Service }) => (Service.spec.selector['app.kubernetes.io/part-of'] = 'p'), 'Service/consumer: selects by something else than app.kubernetes.io/name'],
    ['an expression', ({ PodDisruptionBudget }) => (PodDisruptionBudget.spec.selector.matchExpressions = [{ key: 'a', operator: 'DoesNotExist' }]), 'PodDisruptionBudget/consumer: selects by something else than app.kubernetes.io/name'],
    ['nothing found', ({ Service }) => (Service.spec.selector['app.kubernetes.io/name'] = 'x'), 'Service/consumer: selects the pods of nothing'],
    ['pods of another', ({ Deployment }) => (Deployment.spec.template.metadata.labels['app.kubernetes.io/name'] = 'x'), 'Deployment/consumer: its selector does not find its own pods'],
  ],
  'service accounts': [
    ['none', pod((spec) => delete spec.serviceAccountName), 'Deployment/consumer: has no service account of its own'],
    ['one that is not there', pod((spec) => (spec.serviceAccountName = 'x')), 'Deployment/consumer: there is no ServiceAccount x'],
    ['a token', pod((spec) => delete spec.automountServiceAccountToken), 'Deployment/consumer: its pods get a token for the API server'],
    ['an account that gives one', ({ ServiceAccount }) => delete ServiceAccount.automountServiceAccountToken, 'ServiceAccount/consumer: gives its token to pods'],
  ],
  namespace: [
    ['another profile', ({ Namespace }) => (Namespace.metadata.labels['pod-security.kubernetes.io/enforce'] = 'baseline'), 'Namespace/n: does not enforce restricted'],
    ['another namespace', ({ Service }) => (Service.metadata.namespace = 'default'), 'Service/consumer: is in the namespace default'],
  ],
  'pod security': [
    ['root', pod((spec) => delete spec.securityContext.runAsNonRoot), 'Deployment/consumer, container consumer: may run as root (runAsNonRoot)'],
    ['root by number', container(({ securityContext }) => (securityContext.runAsUser = 0)), 'Deployment/consumer, container consumer: has no runAsUser, or that of root'],
    ['no seccomp', pod((spec) => delete spec.securityContext.seccompProfile), 'Deployment/consumer, container consumer: has another seccompProfile than RuntimeDefault'],
    ['privileges', container(({ securityContext }) => delete securityContext.allowPrivilegeEscalation), 'Deployment/consumer, container consumer: may gain privileges (allowPrivilegeEscalation)'],
    ['privileged', container(({ securityContext }) => (securityContext.privileged = true)), 'Deployment/consumer, container consumer: is privileged'],
    ['capabilities kept', container(({ securityContext }) => (securityContext.capabilities.drop = ['NET_RAW'])), 'Deployment/consumer, container consumer: does not drop all capabilities'],
    ['capabilities added', container(({ securityContext }) => (securityContext.capabilities.add = ['NET_BIND_SERVICE'])), 'Deployment/consumer, container consumer: adds capabilities'],
    ['a writable root', container(({ securityContext }) => delete securityContext.readOnlyRootFilesystem), 'Deployment/consumer, container consumer: can write to its root file system'],
    ['/proc', container(({ securityContext }) => (securityContext.procMount = 'Unmasked')), 'Deployment/consumer, container consumer: sees more of /proc than usual'],
    ['a port of the host', container(({ ports }) => (ports[0].hostPort = 80)), 'Deployment/consumer, container consumer: takes a port of its host'],
    ['an initialising container', pod((spec) => (spec.initContainers = [{ ...spec.containers[0], name: 'first', securityContext: undefined }])), 'Deployment/consumer, container first: can write to its root file system'],
    ['the network of the host', pod((spec) => (spec.hostNetwork = true)), 'Deployment/consumer: has hostNetwork'],
    ['a folder of the host', pod((spec) => spec.volumes.push({ name: 'h', hostPath: { path: '/' } })), 'Deployment/consumer: volume h: hostPath'],
    ['service links', pod((spec) => delete spec.enableServiceLinks), 'Deployment/consumer: has enableServiceLinks, which fills its environment with those of Services'],
  ],
  resources: [
    ['no CPU', container(({ resources }) => delete resources.requests.cpu), 'Deployment/consumer, container consumer: asks for no CPU'],
    ['no memory', container(({ resources }) => delete resources.requests.memory), 'Deployment/consumer, container consumer: asks for no memory'],
    ['no limit', container(({ resources }) => delete resources.limits), 'Deployment/consumer, container consumer: no limit of memory'],
    ['more than the limit', container(({ resources }) => (resources.limits.memory = '1G')), 'Deployment/consumer, container consumer: asks for more memory than its limit'],
  ],
  probes: [
    ['no readiness', container((spec) => delete spec.readinessProbe), 'Deployment/consumer, container consumer: no readinessProbe'],
    ['no liveness', container((spec) => delete spec.livenessProbe), 'Deployment/consumer, container consumer: neither livenessProbe nor startupProbe'],
    ['liveness of others', container((spec) => (spec.livenessProbe.httpGet.path = '/readyz')), 'Deployment/consumer, container consumer: its liveness is a matter of /readyz'],
    ['a number', container((spec) => (spec.livenessProbe.httpGet.port = 3000)), 'Deployment/consumer, container consumer: livenessProbe at the number 3000 of a port, not at its name'],
    ['no such port', container((spec) => (spec.readinessProbe.httpGet.port = 'x')), 'Deployment/consumer, container consumer: readinessProbe at x, which is no port of it'],
    ['no time to end', ({ Deployment }) => (Deployment.kind = 'StatefulSet'), 'StatefulSet/consumer: no terminationGracePeriodSeconds'],
  ],
  images: [
    ['latest', container((spec) => (spec.image = 'a/b:latest')), 'Deployment/consumer, container consumer: the image a/b:latest names no version'],
    ['no tag', container((spec) => (spec.image = 'a:5000/b')), 'Deployment/consumer, container consumer: the image a:5000/b names no version'],
    ['pulled each time', container((spec) => (spec.imagePullPolicy = 'Always')), 'Deployment/consumer, container consumer: its imagePullPolicy is not IfNotPresent'],
    ['two versions', pod(({ containers }) => containers.push({ ...containers[0], name: 'second', image: containers[0].image.replace('0.1.0', '0.2.0') })), 'Deployment/consumer, container second: the image registry.example:5000/messages-pipeline/consumer has the tag 0.2.0 here, 0.1.0 elsewhere'],
  ],
  disruption: [
    ['no budget', ({ PodDisruptionBudget }) => (PodDisruptionBudget.kind = 'x'), 'Deployment/consumer: has several pods and no PodDisruptionBudget'],
    ['a number beside the autoscaler', ({ Deployment }) => (Deployment.spec.replicas = 2), 'Deployment/consumer: has an autoscaler and a number of replicas'],
    ['all must stay', ({ PodDisruptionBudget }) => (PodDisruptionBudget.spec = { ...PodDisruptionBudget.spec, minAvailable: 2, maxUnavailable: undefined }), 'PodDisruptionBudget/consumer: lets no pod of Deployment/consumer go, so no node can be drained'],
    ['none may go', ({ PodDisruptionBudget }) => (PodDisruptionBudget.spec.maxUnavailable = '0%'), 'PodDisruptionBudget/consumer: lets no pod of Deployment/consumer go, so no node can be drained'],
  ],
  references: [
    ['ConfigMap', container((spec) => (spec.envFrom[0].configMapRef.name = 'x')), 'Deployment/consumer: there is no ConfigMap x'],
    ['key of a ConfigMap', pod((spec) => (spec.volumes[0].configMap.items = [{ key: 'x', path: 'x' }])), 'Deployment/consumer: there is no ConfigMap settings with x'],
    ['Secret', pod((spec) => spec.volumes.push({ name: 's', secret: { secretName: 'x' } })), 'Deployment/consumer: there is no Secret x'],
    ['key of a Secret', container((spec) => (spec.env[0].valueFrom.secretKeyRef.key = 'x')), 'Deployment/consumer: there is no Secret made with x'],
    ['claim', pod((spec) => spec.volumes.push({ name: 'c', persistentVolumeClaim: { claimName: 'x' } })), 'Deployment/consumer: there is no PersistentVolumeClaim x'],
    ['target of an autoscaler', ({ HorizontalPodAutoscaler }) => (HorizontalPodAutoscaler.spec.scaleTargetRef.name = 'x'), 'HorizontalPodAutoscaler/consumer: there is no Deployment x'],
    ['port behind a Service', ({ Service }) => (Service.spec.ports[0].targetPort = 'x'), 'Service/consumer: no pod behind it has the port x'],
  ],
  'secret values': [
    ['a variable', container(({ env }) => (env[0] = { name: 'PASSWORD', value: 'hunter2' })), 'Deployment/consumer, container consumer: the value of PASSWORD'],
    ['an address', container(({ env }) => (env[1].value = 'postgres://app:hunter2@postgres:5432/messaging')), 'Deployment/consumer: a password in an address'],
    ['a key', ({ ConfigMap }) => (ConfigMap.data.key = '-----BEGIN PRIVATE KEY-----'), 'ConfigMap/settings: a private key'],
    ['an option', container((spec) => (spec.command = ['a', '--password=hunter2'])), 'Deployment/consumer: a password as an option'],
  ],
  environment: [
    ['an unknown variable', container(({ env }) => env.push({ name: 'CONSUMER_BATCH_ROWS', value: '1' })), 'Deployment/consumer, container consumer: does not know CONSUMER_BATCH_ROWS'],
    ['an unknown shared variable', ({ ConfigMap }) => (ConfigMap.data.KAFKA_TOPICS = 'a'), 'Deployment/consumer, container consumer: does not know KAFKA_TOPICS'],
    ['a bad value', ({ ConfigMap }) => (ConfigMap.data.KAFKA_TOPIC = 'a/b'), 'KAFKA_TOPIC="a/b"'],
    ['no value', container(({ env }) => env.pop()), 'DATABASE_URL is not set'],
    ['a part that comes later', container(({ env }) => env.reverse()), 'Deployment/consumer, container consumer: $(PASSWORD) stands before the variable PASSWORD, or there is none'],
  ],
  'kafka topology': [
    ['an idle consumer', ({ HorizontalPodAutoscaler }) => (HorizontalPodAutoscaler.spec.maxReplicas = 3), 'Deployment/consumer: up to 3 pods for 2 partitions'],
  ],
};

describe.each(Object.entries(CASES))('%s', (_name, cases) => {
  it.each(cases)('%s', (_what, breakIt, complaint) => {
    expect(complaintsAbout(soundManifests(breakIt))).toContainEqual(expect.stringContaining(complaint));
  });
});
