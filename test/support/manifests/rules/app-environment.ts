import { CONFIG_READERS, OF_NODE } from '../apps.js';
import { environmentOf, type ContainerEnvironment } from '../environment.js';
import { parseImage } from '../image.js';
import type { Container } from '../kubernetes.js';
import type { Secrets } from '../made-secrets.js';
import type { ManifestSet } from '../manifest-set.js';
import type { Rule } from '../rule.js';

/** @param secrets the Secrets that are created in the cluster */
export function appEnvironment(secrets: Secrets): Rule {
  return {
    name: 'every app knows its variables and accepts their values',
    violations: (set) => {
      const known = new Set(ownContainers(set, secrets).flatMap(({ config = {} }) => Object.keys(config)));
      return ownContainers(set, secrets).flatMap(({ id, environment, config = {}, problem }) => {
        const { variables, own, parts, unresolved } = environment;
        const unknown = Object.keys(variables)
          .filter((name) => !OF_NODE.includes(name) && !parts.has(name))
          // A variable from a ConfigMap may be for another app.
          .filter((name) => !(own.includes(name) ? name in config : known.has(name)));
        return [
          ...(problem === undefined ? unknown.map((name) => `${id}: does not know ${name}`) : [`${id}: ${problem}`]),
          ...unresolved.map((name) => `${id}: $(${name}) refers to a variable that is missing or defined later`),
        ];
      });
    },
  };
}

interface OwnContainer {
  /** For example 'Deployment/consumer, container consumer'. */
  readonly id: string;
  readonly environment: ContainerEnvironment;
  readonly config?: object;
  /** What its app rejects in its environment. */
  readonly problem?: string;
}

function ownContainers(set: ManifestSet, secrets: Secrets): OwnContainer[] {
  return set.workloads.flatMap((workload) =>
    workload.containers.flatMap((container) => {
      const read = CONFIG_READERS[parseImage(container.image ?? '').name];
      if (read === undefined) return [];
      const environment = environmentOf(set, container, secrets);
      return [
        { id: `${workload.id}, container ${container.name}`, environment, ...attempt(read, container, environment) },
      ];
    }),
  );
}

function attempt(
  read: (typeof CONFIG_READERS)[string],
  { args = [], command = [] }: Container,
  { variables }: ContainerEnvironment,
) {
  try {
    return { config: read(args, variables, command) };
  } catch (error) {
    return { problem: (error as Error).message };
  }
}
