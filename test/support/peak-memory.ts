import { readFile } from 'node:fs/promises';

/** The most memory, in MiB, that a running process has used so far. Linux only. */
export async function peakMemory(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const kibibytes = /^VmHWM:\s*(\d+) kB$/m.exec(status)?.[1];
  if (kibibytes === undefined) throw new Error(`/proc/${pid}/status has no VmHWM:\n${status}`);
  return Number(kibibytes) / 1024;
}
