import { clientId, clientSuffix, type Clients } from './clients.js';
import { dayText, parseDay } from './clock.js';
import { LineFile } from './line-file.js';
import { type Prng } from './prng.js';
import { BUYING_CLIENTS_SHARE, FIRST_PURCHASE_DATE, FIRST_PURCHASE_DAYS } from './profile.js';

/**
 * Writes client_first_purchase_date.csv, ordered by client. The dates are not those of the messages' purchases: in the real
 * data, too, most purchases are unrelated to a message.
 *
 * @returns number of clients in the file
 */
export async function writeFirstPurchases(path: string, clients: Clients, prng: Prng): Promise<number> {
  const suffixes: number[] = [];
  for (let client = 0; client < clients.count; client++) {
    if (prng.chance(BUYING_CLIENTS_SHARE)) suffixes.push(clientSuffix(client));
  }
  // All suffixes have nine digits, so their order is that of the ids.
  const sorted = Float64Array.from(suffixes).sort();

  const file = new LineFile(path);
  const firstDay = parseDay(FIRST_PURCHASE_DATE)!;
  file.writeLine('client_id,first_purchase_date');
  for (const suffix of sorted) {
    // Most first purchases come early, when most clients are new to the shop.
    const position = prng.float() * prng.float();
    file.writeLine(`${clientId(suffix)},${dayText(firstDay + Math.floor(position * FIRST_PURCHASE_DAYS))}`);
    if (file.isFull) await file.flush();
  }
  await file.close();
  return sorted.length;
}
