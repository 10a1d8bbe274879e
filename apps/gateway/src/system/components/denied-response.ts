import { deniedRight, missingRight, type KafkaRight } from '#platform/kafka/security/missing-right.js';
import type { ProbeResponse } from '../component.js';

/**
 * The response of a component whose probe Kafka denied.
 *
 * @param rights that the probe needs
 * @returns undefined if the error is not about them
 */
export function deniedResponse(
  error: unknown,
  rights: readonly KafkaRight[],
): { status: 'down'; message: string; action: string } | undefined {
  const right = deniedRight(error, rights);
  return right && ({ status: 'down', ...missingRight(right) } satisfies ProbeResponse);
}
