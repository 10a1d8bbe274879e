import { stat } from 'node:fs/promises';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '#platform/database/data-source-options.js';
import { inTransaction } from '#platform/database/in-transaction.js';
import { destroy } from '#platform/database/with-connection.js';
import type { KafkaConfig } from '#platform/config/kafka-config.js';
import type { Reconciliation } from '#schema/reconciliation.js';
import type { ReconcileConfig } from './config/reconcile-config.js';
import { MartSnapshot } from './mart-snapshot.js';
import { MessageFile } from './message-file.js';
import { Reconciler, type ReconcileProgress } from './reconciler.js';
import { restoreAltered } from './repair/restore-altered.js';
import { sendMissing } from './repair/send-missing.js';

/** Files are read between two statements, and compiling a statement takes longer than running it for a batch. */
const SNAPSHOT = {
  isolation: 'REPEATABLE READ',
  settings: { idle_in_transaction_session_timeout: '0', jit: 'off' },
} as const;

/** @param share of all files that has been read, from 0 to 1 */
export type OnProgress = (progress: ReconcileProgress, share: number) => void;

/**
 * Looks up every line of the files in the mart and in quarantine.
 *
 * @param files absolute paths
 * @throws NoMartError, CsvError, errors of database and Kafka; the signal's reason once it is aborted
 */
export async function reconcile(
  config: ReconcileConfig,
  files: readonly string[],
  strict: boolean,
  signal: AbortSignal,
  onProgress: OnProgress,
): Promise<Reconciliation> {
  const began = performance.now();
  const size = await checkFiles(files);
  const options = dataSourceOptions(config.database, { applicationName: 'reconcile', session: SNAPSHOT });
  const dataSource = await new DataSource(options).initialize();
  try {
    return await inTransaction(dataSource, async (_, client) => {
      const interrupt = (): void => destroy(client);
      signal.addEventListener('abort', interrupt, { once: true });
      try {
        signal.throwIfAborted();
        const snapshot = await MartSnapshot.take(client);
        const reconciler = new Reconciler(snapshot, signal, (progress) =>
          onProgress(progress, size > 0 ? progress.bytes / size : 1),
        );
        for (const file of files) await reconciler.read(file);
        const result = await reconciler.finish(strict);
        const repaired = config.kafka && (await repair(config, config.kafka, snapshot, reconciler, result, signal));
        return { ...result, files, repaired, seconds: (performance.now() - began) / 1000 };
      } finally {
        signal.removeEventListener('abort', interrupt);
      }
    });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    await dataSource.destroy();
  }
}

async function repair(
  { database }: ReconcileConfig,
  kafka: KafkaConfig,
  snapshot: MartSnapshot,
  { files }: Reconciler,
  { altered }: Pick<Reconciliation, 'altered'>,
  signal: AbortSignal,
): Promise<Reconciliation['repaired']> {
  const updated = altered === 0 ? 0 : await restoreAltered(database, snapshot.altered());
  return { updated, sent: await sendMissing(kafka, files, snapshot.missing(), signal) };
}

/** Reports a file that cannot be read before hours are spent on others. @returns the size of all files in bytes */
async function checkFiles(files: readonly string[]): Promise<number> {
  let size = 0;
  for (const file of files) {
    await (await MessageFile.open(file)).close();
    size += (await stat(file)).size;
  }
  return size;
}
