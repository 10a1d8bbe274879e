import { ConflictException, Controller, HttpCode, Post, UseGuards } from '@nestjs/common';
import { Breaker } from './breaker.js';
import { OperatorGuard } from './operator.guard.js';

/** The only request that changes anything. HealthModule lets it pass. */
export const CONTINUE_PATH = 'breaker/continue';

@Controller()
@UseGuards(OperatorGuard)
export class BreakerController {
  constructor(private readonly breaker: Breaker) {}

  @Post(CONTINUE_PATH)
  @HttpCode(200)
  continue(): { message: string } {
    if (!this.breaker.continue()) throw new ConflictException('The breaker is not open; nothing was changed.');
    return { message: 'Continuing. Bad records go to quarantine until their share has fallen.' };
  }
}
