import { ensureSchemathesis } from '../../dist/tools/schemathesis/schemathesis.js';
import startServers from './start-servers.js';

/** Installs schemathesis where it is missing, and starts the servers. */
export default async function start() {
  process.env.SCHEMATHESIS = await ensureSchemathesis({ folder: '.local/api', log: (line) => console.log(line) });
  await startServers();
}
