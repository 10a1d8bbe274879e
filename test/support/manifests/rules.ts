import type { Secrets } from './made-secrets.js';
import type { Rule } from './rule.js';
import { addresses } from './rules/addresses.js';
import { appEnvironment } from './rules/app-environment.js';
import { disruption } from './rules/disruption.js';
import { engine } from './rules/engine.js';
import { images } from './rules/images.js';
import { kafkaTopology } from './rules/kafka-topology.js';
import { labels } from './rules/labels.js';
import { namespace, podSecurity } from './rules/pod-security.js';
import { probes } from './rules/probes.js';
import { references, servicePorts } from './rules/references.js';
import { resources } from './rules/resources.js';
import { secretValues } from './rules/secret-values.js';
import { selectors } from './rules/selectors.js';
import { serviceAccounts } from './rules/service-accounts.js';
import { storage } from './rules/storage.js';

/** @param secrets the Secrets that are created in the cluster */
export function allRules(secrets: Secrets): readonly Rule[] {
  return [
    labels,
    selectors,
    serviceAccounts,
    namespace,
    podSecurity,
    resources,
    probes,
    images,
    disruption,
    references(secrets),
    servicePorts,
    addresses,
    secretValues,
    appEnvironment(secrets),
    kafkaTopology,
    engine,
    storage,
  ];
}
