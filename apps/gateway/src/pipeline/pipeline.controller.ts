import type { IncomingMessage, ServerResponse } from 'node:http';
import { Controller, Get, Header, Req, Res } from '@nestjs/common';
import { PipelineEvents } from './pipeline-events.js';
import type { PipelineState } from './pipeline-state.js';

/** As for Nest's streams: no cache or proxy may hold back an event. */
const STREAM_HEADERS = {
  'Content-Type': 'text/event-stream',
  'Cache-Control': 'private, no-cache, no-store, must-revalidate, max-age=0, no-transform',
  'X-Accel-Buffering': 'no',
};

@Controller('api/v1/pipeline')
export class PipelineController {
  constructor(private readonly events: PipelineEvents) {}

  @Get()
  @Header('Cache-Control', 'no-store')
  state(): PipelineState {
    return this.events.newest;
  }

  /** Without Nest's `@Sse`, which would turn each event into text for each listener. */
  @Get('events')
  stream(@Req() request: IncomingMessage, @Res() response: ServerResponse): void {
    this.events.checkRoom();
    response.writeHead(200, STREAM_HEADERS);
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    // An event is small, and waits for nothing.
    request.socket.setNoDelay(true);
    request.socket.setKeepAlive(true);
    request.socket.setTimeout(0);
    this.events.listen(response);
  }
}
