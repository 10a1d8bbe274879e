/** Comments on the schema `erasure`, by object as named in COMMENT ON. */
export const ERASURE_COMMENTS: Readonly<Record<string, string>> = {
  'SCHEMA erasure':
    'The list of erased clients, which consumer and Spark job ask before they write. Use npm run erase to change it',
  'TABLE erasure.secret':
    'One row: the key of the hashes. Only the owner can read it. If it changes, no client is blocked any more',
  'COLUMN erasure.secret.only_row': 'Always true, so that there is one row',
  'COLUMN erasure.secret.key': 'Random bytes, made by the migration',
  'TABLE erasure.blocked_clients': 'Erased clients. Rows and rejected records of theirs are not written',
  'COLUMN erasure.blocked_clients.client_hash': 'The same as in erasures',
  'FUNCTION erasure.hash_of': 'Keyed hash of the id of a client',
  'FUNCTION erasure.is_in_use':
    'Whether any client is blocked. The transaction keeps a lock by which an erasure waits for its end',
  'FUNCTION erasure.blocked': 'Which of the clients are blocked. Keeps the lock of is_in_use',
  'FUNCTION erasure.client_of':
    'The client that a raw record names: its JSON field client_id, or the fifth field of a CSV line. Null if it cannot be read',
  'FUNCTION erasure.is_blocked': 'Whether a raw record names a blocked client. Keeps the lock of is_in_use',
};
