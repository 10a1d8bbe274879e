import { Module, type DynamicModule } from '@nestjs/common';
import { pageNames } from './built-page.js';
import { PageController } from './page.controller.js';

@Module({})
export class PageModule {
  /** Without a built page, its addresses do not exist; everything else works. */
  static forRoot(): DynamicModule {
    return { module: PageModule, controllers: pageNames().length > 0 ? [PageController] : [] };
  }
}
