import { DataSource } from 'typeorm';
import { dataSourceOptions } from '#platform/database/data-source-options.js';
import { messageOf } from '#platform/errors/message-of.js';
import { ignoreClosedOutput } from '#platform/terminal/ignore-closed-output.js';
import { PipelineError } from '#platform/errors/pipeline-error.js';
import { readEraseConfig, readEraseOptions, type EraseConfig, type EraseOptions } from '../config/erase-config.js';
import { EraseUsageError } from './erase-usage-error.js';
import { eraseClient, unblockClient } from './erase-client.js';
import { erasureReport } from './erasure-report.js';
import { topicRetention } from './topic-retention.js';

async function run({ client, unblock }: EraseOptions, config: EraseConfig): Promise<readonly string[]> {
  const dataSource = await new DataSource(dataSourceOptions(config, { applicationName: 'erase' })).initialize();
  try {
    if (unblock) {
      return (await unblockClient(dataSource, client))
        ? [
            `Client ${client} is no longer blocked: new records are stored again. Read the topic again to store those that it still has.`,
          ]
        : [`Client ${client} was not blocked. Nothing was changed.`];
    }
    const erased = await eraseClient(dataSource, client, (line) => console.log(line));
    return erasureReport(client, erased, await topicRetention(config, new Date()));
  } finally {
    await dataSource.destroy();
  }
}

ignoreClosedOutput();
try {
  const options = readEraseOptions(process.argv.slice(2));
  for (const line of await run(options, readEraseConfig())) console.log(line);
} catch (error) {
  console.error(error instanceof PipelineError ? `${error.code}: ${error.message}` : messageOf(error));
  process.exitCode = error instanceof EraseUsageError ? 2 : 1;
}
