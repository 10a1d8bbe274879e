import { Agent, get, type ClientRequest } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** As in apps/page/src/api/refresh-times.ts, which is not compiled for Node: while the mart changes, all open pages read an address together. */
const REFRESH_MS = 30_000;

/** As many open pages as wanted, without browsers: each has an event stream, and reads its figures again as a page does. */
export class OpenPages {
  events = 0;
  answers = 0;
  unchanged = 0;
  failures = 0;
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 64 });
  private readonly streams: ClientRequest[] = [];
  private readonly timers: NodeJS.Timeout[] = [];

  private constructor(private readonly origin: string) {}

  /**
   * Opens them one after the other, as people do, and resolves when all are open.
   *
   * @param addresses of figures; each page has one of them, in turn
   */
  static async open(origin: string, count: number, addresses: readonly string[]): Promise<OpenPages> {
    const pages = new OpenPages(origin);
    const phases = addresses.map((_, i) => (REFRESH_MS * i) / addresses.length);
    for (let page = 0; page < count; page++) {
      pages.listen();
      const address = page % addresses.length;
      let etag: string | undefined;
      const read = () => void pages.read(addresses[address]!, etag).then((newer) => (etag = newer ?? etag));
      const readAgain = () => pages.timers.push(setInterval(read, REFRESH_MS));
      pages.timers.push(setTimeout(read, (REFRESH_MS * page) / count), setTimeout(readAgain, phases[address]));
    }
    await sleep(REFRESH_MS);
    return pages;
  }

  close(): void {
    for (const timer of this.timers) clearTimeout(timer);
    for (const stream of this.streams) stream.destroy();
    this.agent.destroy();
  }

  private listen(): void {
    const stream = get(`${this.origin}/api/v1/pipeline/events`, { agent: false }, (response) => {
      if (response.statusCode !== 200) this.failures++;
      response.setEncoding('latin1').on('data', (text: string) => {
        this.events += text.split('\n\n').length - 1;
      });
      response.on('error', () => undefined);
    });
    stream.on('error', () => undefined);
    this.streams.push(stream);
  }

  /** @returns the ETag of a new answer */
  private read(address: string, etag: string | undefined): Promise<string | undefined> {
    return new Promise((resolve) => {
      const headers = etag === undefined ? {} : { 'if-none-match': etag };
      const request = get(this.origin + address, { agent: this.agent, headers }, (response) => {
        response.resume();
        response.on('error', () => resolve(undefined));
        response.on('end', () => {
          if (response.statusCode === 304) this.unchanged++;
          else if (response.statusCode === 200) this.answers++;
          else this.failures++;
          resolve(response.headers.etag);
        });
      });
      request.on('error', () => resolve(undefined));
    });
  }
}
