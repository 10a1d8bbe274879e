/** Ends the process also where a thread waits for a file that does not answer, which keeps exit() waiting: a signal does not. */
export function exit(code?: number): void {
  if (process.getActiveResourcesInfo().some((kind) => kind.startsWith('FSReq'))) process.kill(process.pid, 'SIGKILL');
  else process.exit(code);
}
