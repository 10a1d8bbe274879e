import { text } from 'node:stream/consumers';
import { pipeline as pipe } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { withClient } from './mart-database.js';

/** The rows of a table as text of COPY. @param table optionally with columns: `messages (id, client_id)` */
export function readRows(url: string, table: string): Promise<string> {
  return withClient(url, (client) => text(client.query(copyTo(`COPY ${table} TO STDOUT`))));
}

/** Adds rows that readRows has returned for the same columns. */
export function writeRows(url: string, table: string, rows: string): Promise<void> {
  return withClient(url, (client) => pipe(Readable.from([rows]), client.query(copyFrom(`COPY ${table} FROM STDIN`))));
}
