import type { PipelineState } from '../../stream/pipeline-stream.js';
import type { ComponentName } from './words.js';

/** A component that another one needs: if it is down, the other one is down because of it. */
const NEEDS: Partial<Record<ComponentName, ComponentName>> = {
  consumer_group: 'kafka',
  producer: 'kafka',
  mart: 'postgresql',
};

/** The component that this one is down because of; undefined if it is down by itself, or not down. */
export function causeOf(parts: PipelineState['parts'], name: ComponentName): ComponentName | undefined {
  const needed = NEEDS[name];
  return parts[name] === 'down' && needed !== undefined && parts[needed] === 'down' ? needed : undefined;
}

/** Components that are down and not only because another one is, in the order of the flow. */
export function downCauses({ parts }: Pick<PipelineState, 'parts'>): ComponentName[] {
  const order: readonly ComponentName[] = [
    'kafka',
    'postgresql',
    'mart',
    'read_server',
    'consumer_group',
    'producer',
    'spark',
  ];
  return order.filter((name) => parts[name] === 'down' && causeOf(parts, name) === undefined);
}
