/** Ends the process also where a thread waits for a file that does not answer, which keeps exit() waiting: a signal does not. */
export function exit(code?: number): void {
  if (process.getActiveResourcesInfo().some((kind) => kind.startsWith('FSReq'))) process.kill(process.pid, 'SIGKILL');
  // An undefined code that is passed on would count as 0.
  else process.exit(code ?? process.exitCode);
}
