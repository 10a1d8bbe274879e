import { computed } from '@preact/signals';
import { now } from '../settings/clock.js';
import { isStaleAt } from './connection-text.js';
import { connection } from './pipeline-stream.js';

/** Whether the newest event is too old; figures are dimmed then, and stay. */
export const isStale = computed(() => connection.value.receivedAt !== null && isStaleAt(connection.value, now.value));
