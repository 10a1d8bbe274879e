import { Agent, get, type ClientRequest } from 'node:http';

/** How often a page reads its figures again while the mart changes. */
const REFRESH_MS = 10_000;

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

  /** @param addresses of figures; each page has one of them, in turn */
  static open(origin: string, count: number, addresses: readonly string[]): OpenPages {
    const pages = new OpenPages(origin);
    for (let page = 0; page < count; page++) {
      pages.listen();
      const address = addresses[page % addresses.length]!;
      let etag: string | undefined;
      const read = () => void pages.read(address, etag).then((newer) => (etag = newer ?? etag));
      // People did not open all of them in the same moment.
      const first = setTimeout(
        () => {
          read();
          pages.timers.push(setInterval(read, REFRESH_MS));
        },
        (REFRESH_MS * page) / count,
      );
      pages.timers.push(first);
    }
    return pages;
  }

  close(): void {
    for (const timer of this.timers) clearInterval(timer);
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
