import { Controller, Get, Header, Res } from '@nestjs/common';
import { PAGE_FOLDER, pageNames } from './built-page.js';

interface FileResponse {
  sendFile(file: string, options: { readonly root: string; readonly lastModified: boolean }): void;
}

/** One HTML file for all names: the page reads its own address. */
@Controller()
export class PageController {
  @Get(pageNames())
  @Header('Cache-Control', 'no-cache')
  page(@Res() response: FileResponse): void {
    // Files of an image may all have the same time, which would hide a new version.
    response.sendFile('index.html', { root: PAGE_FOLDER, lastModified: false });
  }
}
