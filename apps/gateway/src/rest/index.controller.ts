import { Controller, Get, Inject } from '@nestjs/common';
import { BASE_PATH } from '../http/base-path.js';
import { openApiDocument } from '../openapi/openapi-document.js';
import { API_ROOT } from './access/api-paths.js';

interface ResourceLink {
  /** A path or, with parameters, a path template (RFC 6570). */
  readonly href: string;
  readonly summary: string;
  readonly needs_token: boolean;
}

interface Index {
  readonly data: readonly ResourceLink[];
  readonly documentation: string;
  readonly openapi: string;
}

/** Lists everything below /api/v1, other modules' routes included. */
@Controller(API_ROOT)
export class IndexController {
  constructor(@Inject(BASE_PATH) private readonly basePath: string) {}

  @Get()
  index(): Index {
    const paths = Object.entries(openApiDocument().paths).filter(([path]) => path.startsWith(`${API_ROOT}/`));
    return {
      data: paths.map(([href, { get }]) => ({
        href: this.basePath + href,
        summary: get.summary,
        needs_token: get.security !== undefined,
      })),
      documentation: `${this.basePath}/docs`,
      openapi: `${this.basePath}/openapi.json`,
    };
  }
}
