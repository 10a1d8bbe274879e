const MB = 1024 * 1024;

/**
 * Settings of the server, passed on its command line. They override the data folder's own files, so a changed setting also
 * reaches an existing data folder. fsync and synchronous_commit are not among them: they stay on, so a commit is on disk.
 * @param totalMemory of the machine, in bytes
 */
export function postgresSettings(totalMemory: number): Record<string, string> {
  // An eighth of the memory, up to what the mart's hot pages need.
  const sharedBuffers = Math.min(512, Math.max(64, Math.floor(totalMemory / 8 / MB)));
  return {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '', // the default folder may be missing or not writable, and its path too long for a socket
    shared_buffers: `${sharedBuffers}MB`,
    // Few checkpoints during a bulk load: after each one, every changed page is written to the WAL in full again.
    max_wal_size: '4GB',
    checkpoint_timeout: '15min',
    random_page_cost: '1.1', // for solid-state disks; the default of 4 is for spinning ones
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_line_prefix: '%m [%p] %q%u@%d ',
  };
}

/** Arguments of the postgres program. */
export function asArguments(settings: Record<string, string>): string[] {
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
