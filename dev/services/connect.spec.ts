import { expect, it } from '@jest/globals';
import { inspect } from 'node:util';
import { checkConfiguredPostgres, withoutSecrets } from './connect.js';

it('shows host, port and database of a URL, but no user or password', () => {
  expect(withoutSecrets('postgresql://ann:s3cret@db.example:5433/messaging?password=s3cret')).toBe(
    'db.example:5433/messaging',
  );
});

it('does not show an invalid DATABASE_URL, which may contain the password', async () => {
  const failure = await checkConfiguredPostgres('postgresql://ann:s3/cret@:db').catch(
    (error: unknown) => error as Error,
  );
  expect(failure).toMatchObject({ code: 'POSTGRES_UNREACHABLE' });
  expect(inspect(failure)).not.toContain('cret'); // the form of an unhandled error, with its causes
});
