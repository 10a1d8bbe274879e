import { effect } from '@preact/signals';
import { now } from '../../settings/clock.js';
import { holdWall, isWall } from '../../settings/wall.js';
import { connection, pipeline } from '../../stream/pipeline-stream.js';
import { flowSentence } from './sentence.js';

/** On the wall, a failing part brings Flow back and keeps it there, whatever page is shown. */
export function holdWallWhileFailing(): void {
  if (!isWall) return;
  effect(() => {
    const at = Math.max(now.value, connection.value.receivedAt ?? 0);
    holdWall.value = flowSentence(pipeline.value, connection.value, at, { zone: 'utc' }).hold;
  });
}
