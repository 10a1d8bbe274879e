import { parse } from 'yaml';
import { parseManifests } from '../../../tools/k8s/manifests-text.js';
import type { Manifest } from './kubernetes.js';
import { ManifestSet } from './manifest-set.js';
import { patched } from './patched.js';
import { allRules } from './rules.js';

/** Labels of pods. Objects also have their version, so the caller closes the brace. */
const labels = (name: string) =>
  `{app.kubernetes.io/name: ${name}, ${['component', 'part-of', 'managed-by'].map((key) => `app.kubernetes.io/${key}: some`).join(', ')}`;

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
        - {name: DATABASE_URL, value: postgresql://app:$(PASSWORD)@consumer/messaging}
      envFrom: [{configMapRef: {name: settings}}]
      ports: [{name: http, containerPort: 3000}]
      readinessProbe: {httpGet: {path: /readyz, port: http}}
      livenessProbe: {httpGet: {path: /livez, port: http}}
      resources: {requests: {cpu: '1', memory: 1Gi}, limits: {memory: 1024Mi}}
      securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}}
      volumeMounts: [{name: settings, mountPath: /settings}]
`;

/** Manifests that violate no rule. A spec changes one thing in them. */
const VALID = `
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: ${labels('shop')}, app.kubernetes.io/version: 1.0.0, pod-security.kubernetes.io/enforce: restricted}}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: consumer, namespace: shop, labels: ${labels('consumer')}, app.kubernetes.io/version: 1.0.0}}
automountServiceAccountToken: false
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: shop, labels: ${labels('settings')}, app.kubernetes.io/version: 1.0.0}}
data: {KAFKA_TOPIC: message_data, KAFKA_TOPIC_PARTITIONS: '2', KAFKA_TOPIC_REPLICATION: '3'}
---
apiVersion: v1
kind: Service
metadata: {name: consumer, namespace: shop, labels: ${labels('consumer')}, app.kubernetes.io/version: 1.0.0}}
spec: {selector: {app.kubernetes.io/name: consumer}, ports: [{name: http, port: 80, targetPort: http}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: consumer, namespace: shop, labels: ${labels('consumer')}, app.kubernetes.io/version: 1.0.0}}
spec:
  selector: {matchLabels: {app.kubernetes.io/name: consumer}}
  template:
    metadata: {labels: ${labels('consumer')}}}
    spec: {}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: consumer, namespace: shop, labels: ${labels('consumer')}, app.kubernetes.io/version: 1.0.0}}
spec: {maxUnavailable: 1, selector: {matchLabels: {app.kubernetes.io/name: consumer}}}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: consumer, namespace: shop, labels: ${labels('consumer')}, app.kubernetes.io/version: 1.0.0}}
spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: consumer}, minReplicas: 2, maxReplicas: 2}
`;

/** The Secrets of these manifests, which are created in the cluster. */
const SECRETS = { made: { password: 'x'.repeat(20) } };

/** The violations in the valid manifests after a change. @param patch by kind, see `patched` */
export function violationsAfter(patch: Readonly<Record<string, unknown>> = {}): string[] {
  const manifests = (parseManifests(VALID) as Manifest[]).map((manifest) => {
    const withPod =
      manifest.kind === 'Deployment'
        ? patched(manifest, { spec: { template: { spec: parse(POD) as unknown } } })
        : manifest;
    return patched(withPod, patch[manifest.kind] ?? {}) as Manifest;
  });
  const set = new ManifestSet(manifests);
  return allRules(SECRETS).flatMap(({ violations }) => violations(set));
}
