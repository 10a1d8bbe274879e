import { Logger } from '@nestjs/common';
import { exit } from '#platform/bootstrap/exit.js';
import { fileCalls } from '#platform/csv/file-calls.js';
import { findCsvFiles } from '#platform/csv/find-csv-files.js';
import { messageOf } from '#platform/errors/message-of.js';
import { ignoreClosedOutput } from '#platform/terminal/ignore-closed-output.js';
import { PipelineError } from '#platform/errors/pipeline-error.js';
import { bar, grouped, Screen } from '#platform/terminal/screen.js';
import { readReconcileConfig, readReconcileOptions } from './config/reconcile-config.js';
import { reconcile, type OnProgress } from './reconcile.js';
import { ReconcileUsageError } from './reconcile-usage-error.js';
import { resultText } from './result-text.js';

const interrupted = new AbortController();
// The result goes to standard output.
const screen = new Screen(process.stderr);

/** @returns whether every line is accounted for */
async function run(): Promise<boolean> {
  const { files, strict, json, repair } = readReconcileOptions(process.argv.slice(2));
  const config = readReconcileConfig(repair);
  const paths = await findCsvFiles(files);
  const result = await reconcile(config, paths, strict, interrupted.signal, showProgress());
  screen.clear();
  console.log(json ? JSON.stringify(result, null, 2) : resultText(result).join('\n'));
  return result.holds;
}

function showProgress(): OnProgress {
  const began = performance.now();
  return ({ lines, bytes, searched }, share) =>
    screen.show(() => {
      if (searched !== undefined) return [`reconcile   ${bar(searched)}  rows of the mart that no file has`];
      const seconds = (performance.now() - began) / 1000;
      const left = share > 0 && share < 1 ? `${Math.ceil((seconds * (1 - share)) / share)} s left` : '';
      return [
        `reconcile   ${bar(share)}  ${grouped(lines)} lines  ${(bytes / 1e6).toFixed(1)} MB  ${grouped(lines / seconds)} lines/s  ${left}`,
      ];
    });
}

// Nest would log to standard output.
const warn = (message: unknown): void => screen.say(String(message));
Logger.overrideLogger({ log: () => undefined, warn, error: warn });
ignoreClosedOutput();
const interrupt = (): void => interrupted.abort();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, interrupt);
// Started by another program, it must not outlive it.
process.on('disconnect', interrupt);
process.channel?.unref();
fileCalls.onReport = (text) => screen.say(text);
interrupted.signal.addEventListener('abort', () => fileCalls.end(0));

try {
  process.exitCode = (await run()) ? 0 : 1;
} catch (error) {
  screen.clear();
  if (interrupted.signal.aborted) console.error('Interrupted.');
  else console.error(error instanceof PipelineError ? `${error.code}: ${error.message}` : messageOf(error));
  process.exitCode = error instanceof ReconcileUsageError ? 2 : 1;
}
// A file system that does not respond would keep the process alive.
if (interrupted.signal.aborted) setTimeout(exit, 1000).unref();
