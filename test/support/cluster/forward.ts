import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { choosePort } from '../../../dev/services/ports.js';
import { TcpProxy } from '../tcp-proxy.js';

const BRIDGE = fileURLToPath(new URL('bridge.js', import.meta.url));

/** Forwards a local port to a pod or service, until it is closed or the pod ends. */
export class Forward {
  private constructor(
    /** On 127.0.0.1. */
    readonly port: number,
    private readonly release: () => Promise<void>,
  ) {}

  /**
   * @param shell prefix of commands that run in the cluster's network; empty if this machine reaches the cluster
   * @param target such as svc/gateway
   */
  static async open(shell: readonly string[], namespace: string, target: string, port: number): Promise<Forward> {
    const forward = start([...shell, 'kubectl', '-n', namespace, 'port-forward', target, `:${port}`]);
    const there = Number(/127\.0\.0\.1:(\d+)/.exec(await firstLine(forward))?.[1]);
    if (shell.length === 0) return new Forward(there, () => end(forward));

    const folder = await mkdtemp(join(tmpdir(), 'forward-'));
    const socket = join(folder, 'bridge');
    const bridge = start([...shell, process.execPath, BRIDGE, socket, String(there)]);
    await firstLine(bridge);
    const proxy = new TcpProxy({ path: socket }, await choosePort([]));
    await proxy.open();
    return new Forward(proxy.port, async () => {
      await proxy.close();
      await Promise.all([end(bridge), end(forward)]);
      await rm(folder, { recursive: true, force: true });
    });
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  close(): Promise<void> {
    return this.release();
  }
}

/** Closes the forwarding when the work ends. */
export async function withForward<T>(opening: Promise<Forward>, work: (forward: Forward) => Promise<T>): Promise<T> {
  const forward = await opening;
  try {
    return await work(forward);
  } finally {
    await forward.close();
  }
}

function start([command, ...args]: readonly string[]): ChildProcess {
  // In its own process group, so that its children end with it.
  return spawn(command!, args, { stdio: ['pipe', 'pipe', 'pipe'], detached: true });
}

async function firstLine(child: ChildProcess): Promise<string> {
  let errors = '';
  child.stderr!.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  for await (const line of createInterface({ input: child.stdout! })) {
    child.stdout!.resume();
    return line;
  }
  throw new Error(`${child.spawnargs.join(' ')} ended: ${errors}`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  process.kill(-child.pid!);
  await once(child, 'exit');
}
