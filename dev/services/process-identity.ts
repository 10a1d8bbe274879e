import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/**
 * Which process a pid means. A pid alone is not enough after a crash or a reboot: the number may belong to somebody else by
 * then. The pair of pid and start time cannot come twice.
 */
export interface ProcessIdentity {
  pid: number;
  /** Opaque; equal for the same process only. Linux: boot id and start in clock ticks; elsewhere what `ps` says. */
  startedAt: string;
}

const onLinux = process.platform === 'linux';

/** The process that has this pid now, or undefined when there is none (or only its zombie). */
export function identify(pid: number): ProcessIdentity | undefined {
  try {
    const startedAt = onLinux ? linuxStartTime(pid) : ps(pid, 'lstart=');
    return startedAt ? { pid, startedAt } : undefined;
  } catch {
    return undefined;
  }
}

export function isSameProcess(recorded: ProcessIdentity): boolean {
  return identify(recorded.pid)?.startedAt === recorded.startedAt;
}

/** The command line of a process as one string, or undefined when there is no such process. */
export function commandLineOf(pid: number): string | undefined {
  try {
    const line = onLinux ? readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ') : ps(pid, 'command=');
    return line.trim() || undefined;
  } catch {
    return undefined;
  }
}

/** The pids of the children that the process has now. */
export function childrenOf(pid: number): number[] {
  return onLinux ? linuxChildrenOf(pid) : parentTable().flatMap(([child, parent]) => (parent === pid ? [child] : []));
}

/**
 * State, parent, threads and start time from a line of /proc/<pid>/stat. The second field is the program's name in brackets
 * and may hold blanks and brackets itself, so counting begins behind the last one.
 */
export function parseProcStat(stat: string): { state: string; parent: number; threads: number; startTicks: string } {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state = '', parent] = fields;
  return { state, parent: Number(parent), threads: Number(fields[17]), startTicks: fields[19] ?? '' };
}

function linuxStartTime(pid: number): string | undefined {
  const { state, threads, startTicks } = parseProcStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  // Z, X: dead, only not yet collected by its parent. While a thread of it is left, its ports are not free yet: 50 ms of a JVM.
  if ((state === 'Z' || state === 'X') && threads <= 1) return undefined;
  return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}:${startTicks}`;
}

function linuxChildrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((candidate) => {
      try {
        return parseProcStat(readFileSync(`/proc/${candidate}/stat`, 'utf8')).parent === pid;
      } catch {
        return false; // ended while we were looking
      }
    });
}

function ps(pid: number, column: string): string {
  return execFileSync('ps', ['-o', column, '-p', String(pid)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();
}

function parentTable(): [number, number][] {
  return execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number) as [number, number]);
}
