import { Controller, Get, Req, UseGuards, UseInterceptors } from '@nestjs/common';
import type { Request } from './http.js';
import { API_ROOT } from './access/api-paths.js';
import { TokenGuard } from './access/token.guard.js';
import type { Answer } from './answer/answer.js';
import { AnswerInterceptor } from './answer/answer.interceptor.js';
import { ResourceService } from './resource.service.js';
import { resourceOf, RESOURCES } from './resources/resources.js';

/** Client-level records. The token is required. */
@Controller(API_ROOT)
@UseGuards(TokenGuard)
@UseInterceptors(AnswerInterceptor)
export class ClientRecordController {
  constructor(private readonly resources: ResourceService) {}

  @Get(RESOURCES.filter(({ needsToken }) => needsToken).map(({ path }) => path))
  read(@Req() request: Request): Promise<Answer> {
    return this.resources.read(resourceOf(request), request);
  }
}
