import { parse } from 'yaml';
import { parseManifests } from '../../../local/k8s/manifests-text.js';
import type { Manifest } from './kubernetes.js';
import { ManifestSet } from './manifest-set.js';

const labels = (name: string) => `{
  app.kubernetes.io/name: ${name}, app.kubernetes.io/component: c, app.kubernetes.io/part-of: p, app.kubernetes.io/managed-by: m`;

const POD = `
  serviceAccountName: consumer
  automountServiceAccountToken: false
  enableServiceLinks: false
  securityContext: {runAsNonRoot: true, runAsUser: 1000, seccompProfile: {type: RuntimeDefault}}
  volumes:
    - {name: settings, configMap: {name: settings}}
  containers:
    - name: consumer
      image: registry.example:5000/messages-pipeline/consumer:0.1.0
      imagePullPolicy: IfNotPresent
      env:
        - {name: PASSWORD, valueFrom: {secretKeyRef: {name: made, key: password}}}
        - {name: DATABASE_URL, value: postgres://app:$(PASSWORD)@postgres:5432/messaging}
      envFrom: [{configMapRef: {name: settings}}]
      ports: [{name: http, containerPort: 3000}]
      readinessProbe: {httpGet: {path: /readyz, port: http}}
      livenessProbe: {httpGet: {path: /livez, port: http}}
      resources: {requests: {cpu: '1', memory: 1Gi}, limits: {memory: 1024Mi}}
      securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}}
      volumeMounts: [{name: settings, mountPath: /settings}]
`;

/** No rule has anything against these; a spec breaks one thing in a copy of them. */
const SOUND = `
apiVersion: v1
kind: Namespace
metadata: {name: n, labels: ${labels('n')}, app.kubernetes.io/version: 1.0.0, pod-security.kubernetes.io/enforce: restricted}}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: consumer, namespace: n, labels: ${labels('consumer')}, app.kubernetes.io/version: 1.0.0}}
automountServiceAccountToken: false
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: n, labels: ${labels('settings')}, app.kubernetes.io/version: 1.0.0}}
data: {KAFKA_BROKERS: 'kafka-service:9092', KAFKA_TOPIC: message_data, KAFKA_TOPIC_PARTITIONS: '2', KAFKA_TOPIC_REPLICATION: '3'}
---
apiVersion: v1
kind: Service
metadata: {name: consumer, namespace: n, labels: ${labels('consumer')}, app.kubernetes.io/version: 1.0.0}}
spec: {selector: {app.kubernetes.io/name: consumer}, ports: [{name: http, port: 80, targetPort: http}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: consumer, namespace: n, labels: ${labels('consumer')}, app.kubernetes.io/version: 1.0.0}}
spec:
  selector: {matchLabels: {app.kubernetes.io/name: consumer}}
  template:
    metadata: {labels: ${labels('consumer')}}}
    spec: {}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: consumer, namespace: n, labels: ${labels('consumer')}, app.kubernetes.io/version: 1.0.0}}
spec: {maxUnavailable: 1, selector: {matchLabels: {app.kubernetes.io/name: consumer}}}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: consumer, namespace: n, labels: ${labels('consumer')}, app.kubernetes.io/version: 1.0.0}}
spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: consumer}, minReplicas: 2, maxReplicas: 2}
`;

/** The Secrets of the sound manifests, which are made in their cluster. */
export const SOUND_SECRETS = { made: { password: 'x'.repeat(20) } };

/** As deep as a spec wants to reach into an object in order to break it. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Breakable = any;

/** @param breakIt is given the objects by kind */
export function soundManifests(breakIt: (objects: Record<string, Breakable>) => void = () => undefined): ManifestSet {
  const manifests = parseManifests(SOUND) as (Manifest & Breakable)[];
  const objects = Object.fromEntries(manifests.map((manifest) => [manifest.kind, manifest]));
  objects.Deployment.spec.template.spec = parse(POD);
  breakIt(objects);
  return new ManifestSet(manifests);
}
