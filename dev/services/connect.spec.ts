import { expect, it } from '@jest/globals';
import { inspect } from 'node:util';
import { checkGivenPostgres, withoutSecrets } from './connect.js';

it('shows host, port and database of a URL, and neither user nor password', () => {
  expect(withoutSecrets('postgres://ann:s3cret@db.example:5433/messaging?password=s3cret')).toBe(
    'db.example:5433/messaging',
  );
});

it('does not show a DATABASE_URL that is no URL, since a part of it may be the password', async () => {
  const failure = await checkGivenPostgres('postgres://ann:s3/cret@:db').catch((error: unknown) => error as Error);
  expect(failure).toMatchObject({ code: 'POSTGRES_UNREACHABLE' });
  expect(inspect(failure)).not.toContain('cret'); // as an unhandled error is printed, causes and all
});
