import type { HealthCheckResult } from '@nestjs/terminus';
import type { PipelineHistory } from '../../apps/gateway/src/pipeline/pipeline-history.js';
import type { PipelineState } from '../../apps/gateway/src/pipeline/pipeline-state.js';
import type { ComponentName } from '../../apps/gateway/src/system/component.js';
import type { TestApp } from './test-app.js';

export interface PartHealth extends Record<string, unknown> {
  readonly status: 'up' | 'degraded' | 'down';
  readonly message?: string;
  readonly action?: string;
  readonly since: string;
}

/** A response of /health and its duration. */
export interface SystemHealth {
  readonly status: number;
  readonly overall: HealthCheckResult['status'];
  readonly parts: Readonly<Record<ComponentName, PartHealth>>;
  readonly milliseconds: number;
}

export async function systemHealth(gateway: TestApp): Promise<SystemHealth> {
  const began = performance.now();
  const response = await fetch(`${gateway.url}/health`);
  const body = (await response.json()) as HealthCheckResult;
  const milliseconds = performance.now() - began;
  const parts = body.details as unknown as SystemHealth['parts'];
  return { status: response.status, overall: body.status, parts, milliseconds };
}

/**
 * Events as they arrive, until the caller leaves the loop.
 *
 * @param onHistory called with the first event
 */
export async function* pipelineEvents(
  gateway: { readonly url: string },
  onHistory?: (history: PipelineHistory) => void,
): AsyncGenerator<PipelineState> {
  const response = await fetch(`${gateway.url}/api/v1/pipeline/events`);
  let text = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    for (let end; (end = text.indexOf('\n\n')) >= 0; text = text.slice(end + 2)) {
      const event = text.slice(0, end);
      const data = /^data: (.*)$/m.exec(event)?.[1];
      if (data === undefined) continue;
      if (/^event: history$/m.test(event)) onHistory?.(JSON.parse(data) as PipelineHistory);
      else yield JSON.parse(data) as PipelineState;
    }
  }
}
