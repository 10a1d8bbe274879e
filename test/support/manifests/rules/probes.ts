import type { Container, Probe } from '../kubernetes.js';
import type { Rule } from '../rule.js';

export const probes: Rule = {
  name: 'every long-running container has readiness and liveness probes at named ports',
  violations: (set) =>
    set.workloads
      .filter(({ longRunning }) => longRunning)
      .flatMap(({ id, pod, stateful }) => [
        ...pod.containers.flatMap((container) =>
          violationsOf(container).map((violation) => `${id}, container ${container.name}: ${violation}`),
        ),
        ...(stateful && pod.terminationGracePeriodSeconds === undefined
          ? [`${id}: no terminationGracePeriodSeconds`]
          : []),
      ]),
};

function violationsOf(container: Container): string[] {
  const { readinessProbe, livenessProbe, startupProbe } = container;
  return [
    ...(readinessProbe === undefined ? ['no readinessProbe'] : []),
    ...(livenessProbe === undefined && startupProbe === undefined ? ['no livenessProbe and no startupProbe'] : []),
    // A failing liveness probe restarts the container, so it must not depend on anything else.
    ...(livenessProbe?.httpGet?.path === '/readyz' ? ['its livenessProbe uses /readyz'] : []),
    ...Object.entries({ readinessProbe, livenessProbe, startupProbe }).flatMap(([name, probe]) => {
      const port = portOf(probe);
      if (port === undefined) return [];
      if (typeof port === 'number') return [`${name} uses the port number ${port} instead of its name`];
      return container.ports?.some((declared) => declared.name === port)
        ? []
        : [`${name} uses ${port}, which is not a port of the container`];
    }),
  ];
}

function portOf(probe: Probe | undefined): string | number | undefined {
  return probe?.httpGet?.port ?? probe?.tcpSocket?.port;
}
