import { spawn, type ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';

const STATUS_PREFIX = /^(\[[^\]]*\]|\d{1,2}:\d{2}:\d{2}\s*(AM|PM)?) -? ?/;
const FINISHED = /Found (\d+) errors?\. Watching for file changes/;

/** `tsc --watch`: writes nothing while the sources have errors. */
export class Compiler {
  private readonly child: ChildProcess;
  private readonly exited: Promise<void>;
  private rest = '';

  /**
   * @param project path of a tsconfig.json
   * @param onCompiled called after each compilation, with its number of errors
   * @param say prints a line: the errors
   */
  constructor(
    project: string,
    private readonly onCompiled: (errors: number) => void,
    private readonly say: (line: string) => void,
  ) {
    const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
    const options = ['--watch', '--preserveWatchOutput', '--noEmitOnError', '--pretty', 'false'];
    this.child = spawn(process.execPath, [tsc, '-p', project, ...options], { stdio: ['ignore', 'pipe', 'inherit'] });
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => this.read(text));
    this.exited = new Promise((resolve) => this.child.once('close', () => resolve()));
  }

  async stop(): Promise<void> {
    this.child.kill();
    await this.exited;
  }

  private read(text: string): void {
    const lines = (this.rest + text).split('\n');
    this.rest = lines.pop() ?? '';
    for (const line of lines.map((line) => line.trimEnd())) {
      const finished = FINISHED.exec(line);
      if (finished) this.onCompiled(Number(finished[1]));
      else if (line !== '' && !STATUS_PREFIX.test(line)) this.say(line);
    }
  }
}
