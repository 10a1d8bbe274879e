import { environmentOf } from './environment.js';
import type { Service } from './kubernetes.js';
import { selects } from './label-selector.js';
import type { ManifestSet } from './manifest-set.js';
import type { Workload } from './workload.js';

/** A host and port in a variable or an argument of a workload. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** 'postgres:5432' in 'postgresql://app:password@postgres:5432/messaging'. IP addresses are not matched. */
const HOST_AND_PORT = /(?<![\w.-])([a-z][a-z0-9-]*(?:\.[a-z0-9-]+)*):(\d{2,5})(?!\d)/g;
const POSTGRES_PORT = 5432;

export function addressesOf(set: ManifestSet, { containers }: Workload): Address[] {
  return containers.flatMap((container) => {
    const { variables } = environmentOf(set, container);
    const texts = [...Object.values(variables), ...(container.args ?? [])];
    return [
      ...texts.flatMap((text) =>
        [...text.matchAll(HOST_AND_PORT)].map(([, host = '', port]) => ({ host, port: Number(port) })),
      ),
      // The variables of libpq.
      ...(variables.PGHOST === undefined
        ? []
        : [{ host: variables.PGHOST, port: Number(variables.PGPORT ?? POSTGRES_PORT) }]),
    ];
  });
}

/** A workload and a port of its pods. */
export interface Listener {
  readonly workload: Workload;
  readonly port: number;
}

/** The workloads that listen there, by a Service or as a pod of a headless Service (kafka-0.kafka). Empty if name or port is unknown. */
export function listenersAt(set: ManifestSet, { host, port }: Address): Listener[] {
  const [first = '', second = ''] = host.split('.');
  const service = set.find<Service>('Service', first) ?? set.find<Service>('Service', second);
  const found = service?.spec.ports?.find((candidate) => candidate.port === port);
  if (service === undefined || found === undefined) return [];
  const { targetPort = port } = found;
  return set.workloads
    .filter(({ podLabels }) => selects({ matchLabels: service.spec.selector }, podLabels))
    .map((workload) => ({
      workload,
      port: typeof targetPort === 'number' ? targetPort : portOf(workload, targetPort),
    }));
}

/** @throws Error if no container has such a port */
export function portOf({ id, containers }: Workload, name: string): number {
  const port = containers.flatMap(({ ports = [] }) => ports).find((declared) => declared.name === name);
  if (port === undefined) throw new Error(`${id} has no port ${name}`);
  return port.containerPort;
}
