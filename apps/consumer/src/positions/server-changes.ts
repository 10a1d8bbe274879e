import { Logger } from '@nestjs/common';
import { DatabaseRestartedError } from './database-restarted-error.js';

/**
 * Notices that a position would be stored by another server, or a restarted one, than the batch before it. Servers are told
 * apart by their start time.
 */
export class ServerChanges {
  private readonly logger = new Logger('Positions');
  private readonly replaced = new Set<string>();
  private areSeveral = false;

  /**
   * @param written the server that has the batch; undefined if there is none
   * @param current the server that stores the position
   * @throws DatabaseRestartedError
   */
  check(written: string | undefined, current: string): void {
    if (written === undefined || written === current || this.areSeveral) return;
    if (this.replaced.has(written) || this.replaced.has(current)) {
      // A server that was replaced does not return without a restart, so several take turns, as behind some load balancers.
      this.areSeveral = true;
      this.logger.warn(
        'Several PostgreSQL servers accept writes: a failover between a batch and its position may go unnoticed',
      );
      return;
    }
    this.replaced.add(written);
    throw new DatabaseRestartedError();
  }
}
