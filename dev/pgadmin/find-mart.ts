import { readFile } from 'node:fs/promises';
import { connectionFault } from '#platform/database/connection-fault.js';
import { pingPostgres, withoutSecrets } from '../services/connect.js';
import { ServiceError } from '../services/service-error.js';
import { parseMartUrl, type MartAddress } from './mart-address.js';

const START_IT =
  'Start one first with `npm start`, in another terminal, or set ANALYST_DATABASE_URL to a running mart, ' +
  'for example ANALYST_DATABASE_URL=postgresql://analyst:password@host:5432/messaging.';

/**
 * Finds the mart to show: the given one, or the one that `npm start` runs.
 * @param urlFile file in which `npm start` stores the URL of the analyst role
 * @throws ServiceError MART_NOT_RUNNING, MART_URL_INVALID
 */
export async function findMart(given: string | undefined, urlFile: string): Promise<MartAddress> {
  const url = given ?? (await readUrl(urlFile));
  const mart = parseMartUrl(url, given === undefined ? urlFile : 'ANALYST_DATABASE_URL');
  try {
    await pingPostgres(url);
  } catch (cause) {
    const why = connectionFault(cause) ?? ((cause as Error).message || (cause as NodeJS.ErrnoException).code);
    throw new ServiceError('MART_NOT_RUNNING', `No mart answers at ${withoutSecrets(url)} (${why}). ${START_IT}`, {
      cause,
    });
  }
  return mart;
}

async function readUrl(urlFile: string): Promise<string> {
  try {
    return (await readFile(urlFile, 'utf8')).trim();
  } catch (cause) {
    throw new ServiceError('MART_NOT_RUNNING', `No mart is running here (there is no ${urlFile}). ${START_IT}`, {
      cause,
    });
  }
}
