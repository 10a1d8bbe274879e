import { ensureInstallation } from '../../dist/dev/pgadmin/installation.js';
import startServers from './start-servers.js';

/** Installs pgAdmin where it is missing, once for all suites, and starts the servers. */
export default async function start() {
  await ensureInstallation({ folder: '.local/pgadmin', log: (line) => console.log(line) });
  await startServers();
}
