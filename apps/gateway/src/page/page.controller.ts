import { Controller, Get, Header, Req, Res } from '@nestjs/common';
import { PAGE_FILES, PAGE_FOLDER, pageNames } from './built-page.js';

interface FileResponse {
  redirect(status: number, location: string): void;
  sendFile(file: string, options: { readonly root: string; readonly lastModified: boolean }): void;
}

/** Of Express' request: the address below the path prefix of a proxy, if there is one, and the matched route. */
interface PageRequest {
  readonly url: string;
  readonly route: { readonly path: string };
}

/** One HTML file for all names: the page reads its own address. */
@Controller()
export class PageController {
  @Get(pageNames())
  @Header('Cache-Control', 'no-cache')
  page(@Req() { url }: PageRequest, @Res() response: FileResponse): void {
    const withSlash = /^\/([^/?]+)\/(\?.*)?$/.exec(url);
    if (withSlash !== null) {
      // The page's addresses are relative to its own, which must not look like a folder.
      response.redirect(308, `../${withSlash[1]}${withSlash[2] ?? ''}`);
      return;
    }
    send(response, 'index.html');
  }

  @Get(PAGE_FILES)
  @Header('Cache-Control', 'no-cache')
  file(@Req() { route }: PageRequest, @Res() response: FileResponse): void {
    send(response, route.path.slice(1));
  }
}

/** Files of an image may all have the same time, which would hide a new version. */
function send(response: FileResponse, file: string): void {
  response.sendFile(file, { root: PAGE_FOLDER, lastModified: false });
}
