const MB = 1024 * 1024;

/**
 * Settings of the server. They are given on its command line, so they hold whatever the data folder's own files say, and a
 * changed one reaches a data folder that is already there.
 * fsync and synchronous_commit are not among them: they stay on, a commit is on disk.
 * @param totalMemory of the machine, in bytes
 */
export function postgresSettings(totalMemory: number): Record<string, string> {
  // An eighth of the machine, and no more than the mart's hot pages need.
  const sharedBuffers = Math.min(512, Math.max(64, Math.floor(totalMemory / 8 / MB)));
  return {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '', // the default folder may be missing or not ours, and its path too long for a socket
    shared_buffers: `${sharedBuffers}MB`,
    // Few checkpoints while a file streams in: after each one every page is written to the log in full once more.
    max_wal_size: '4GB',
    checkpoint_timeout: '15min',
    random_page_cost: '1.1', // solid-state disks; 4 is for spinning ones
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_line_prefix: '%m [%p] %q%u@%d ',
  };
}

/** As arguments of the postgres program. */
export function asArguments(settings: Record<string, string>): string[] {
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
