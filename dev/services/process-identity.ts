import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/**
 * Identifies a process. After a crash or a reboot its pid may belong to another process, but a pair of pid and start time never
 * repeats.
 */
export interface ProcessIdentity {
  pid: number;
  /** Opaque; equal only for the same process. Linux: boot id and start in clock ticks; elsewhere the start time from `ps`. */
  startedAt: string;
}

const onLinux = process.platform === 'linux';

/** The process with this pid; undefined if there is none, or only a zombie. */
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

/** The command line of a process as one string; undefined if there is no such process. */
export function commandLineOf(pid: number): string | undefined {
  try {
    const line = onLinux ? readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ') : ps(pid, 'command=');
    return line.trim() || undefined;
  } catch {
    return undefined;
  }
}

/** The pids of the process's children. */
export function childrenOf(pid: number): number[] {
  return onLinux ? linuxChildrenOf(pid) : parentTable().flatMap(([child, parent]) => (parent === pid ? [child] : []));
}

/**
 * State, parent, threads and start time from a line of /proc/<pid>/stat. The second field is the program's name in parentheses,
 * which may itself hold blanks and parentheses, so fields are counted from the last one.
 */
export function parseProcStat(stat: string): { state: string; parent: number; threads: number; startTicks: string } {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state = '', parent] = fields;
  return { state, parent: Number(parent), threads: Number(fields[17]), startTicks: fields[19] ?? '' };
}

function linuxStartTime(pid: number): string | undefined {
  const { state, threads, startTicks } = parseProcStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  // Z and X are dead but not yet reaped. While a thread is left, the ports are still in use: about 50 ms for a JVM.
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
        return false; // it ended meanwhile
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
