import { Controller, Get, Req, UseInterceptors } from '@nestjs/common';
import type { Request } from './http.js';
import { API_ROOT } from './access/api-paths.js';
import type { Answer } from './answer/answer.js';
import { AnswerInterceptor } from './answer/answer.interceptor.js';
import { ResourceService } from './resource.service.js';
import { resourceOf, RESOURCES } from './resources/resources.js';

/** Aggregates of the mart: a route for each resource that requires no token. */
@Controller(API_ROOT)
@UseInterceptors(AnswerInterceptor)
export class ResourceController {
  constructor(private readonly resources: ResourceService) {}

  @Get(RESOURCES.filter(({ needsToken }) => !needsToken).map(({ path }) => path))
  read(@Req() request: Request): Promise<Answer> {
    return this.resources.read(resourceOf(request), request);
  }
}
