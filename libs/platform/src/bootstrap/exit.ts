/** Ends the process even if a thread waits for a file that does not answer. process.exit() would wait for the thread; SIGKILL does not. */
export function exit(code?: number): void {
  if (process.getActiveResourcesInfo().some((kind) => kind.startsWith('FSReq'))) process.kill(process.pid, 'SIGKILL');
  // exit(undefined) would mean 0.
  else process.exit(code ?? process.exitCode);
}
