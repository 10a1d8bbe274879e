import { Controller, Get, Header, Sse, type MessageEvent } from '@nestjs/common';
import type { Observable } from 'rxjs';
import { PipelineEvents } from './pipeline-events.js';
import type { PipelineState } from './pipeline-state.js';

@Controller('api/v1/pipeline')
export class PipelineController {
  constructor(private readonly events: PipelineEvents) {}

  @Get()
  @Header('Cache-Control', 'no-store')
  state(): PipelineState {
    return this.events.newest;
  }

  /** One event a second; the first is sent at once. */
  @Sse('events')
  stream(): Observable<MessageEvent> {
    return this.events.stream();
  }
}
