import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { resetServices, startServices, type Services } from '../../dev/services/services.js';
import { toolEnvironment } from '../../dev/services/config/tool-environment.js';
import { query } from '../support/mart-database.js';
import { documentedGrants, grantedRights } from '../support/rights/database-rights.js';
import { TestApp } from '../support/test-app.js';

jest.setTimeout(60_000);

const STATE_DIR = '.local/managed-postgres';
const PASSWORD = 'twelve characters';

/** A server of its own, because all databases of a server share the roles. */
let services: Services;

beforeAll(async () => {
  await resetServices({ stateDir: STATE_DIR });
  services = await startServices({
    stateDir: STATE_DIR,
    kafkaBrokers: process.env.KAFKA_BROKERS,
    env: toolEnvironment(),
  });
}, 60_000);

afterAll(() => services?.stop(), 60_000);

afterEach(async () => {
  await query(services.databaseUrl, 'DROP DATABASE IF EXISTS managed WITH (FORCE)');
  // Only who created a role may drop it.
  const owner = urlOf('messages_owner', new URL(services.databaseUrl).pathname);
  for (const role of ['analyst', 'messaging_app', 'quarantine_reader']) {
    const drop = `DROP ROLE IF EXISTS ${role}`;
    await query(owner, drop).catch(() => query(services.databaseUrl, drop));
  }
  await query(services.databaseUrl, 'DROP ROLE messages_owner');
  await query(services.databaseUrl, 'DROP ROLE IF EXISTS stranger');
});

function urlOf(role: string, pathname = '/managed'): string {
  const url = new URL(services.databaseUrl);
  url.username = role;
  url.password = encodeURIComponent(PASSWORD);
  url.pathname = pathname;
  return url.href;
}

/** Creates it as on a managed server: the administrator has CREATEDB and CREATEROLE, but is no superuser either. */
async function createOwner(attributes = ''): Promise<void> {
  const administrator = await query(services.databaseUrl, 'SELECT rolsuper FROM pg_roles WHERE rolname = current_user');
  expect(administrator).toEqual([{ rolsuper: false }]);
  await query(services.databaseUrl, `CREATE ROLE messages_owner LOGIN PASSWORD '${PASSWORD}' ${attributes}`);
  await query(services.databaseUrl, 'GRANT messages_owner TO CURRENT_USER');
  await query(services.databaseUrl, 'CREATE DATABASE managed OWNER messages_owner');
}

async function createRoles(): Promise<void> {
  for (const role of ['analyst', 'messaging_app']) {
    await query(services.databaseUrl, `CREATE ROLE ${role} LOGIN PASSWORD '${PASSWORD}'`);
  }
  await query(services.databaseUrl, 'CREATE ROLE quarantine_reader');
}

async function runMartInit(
  env: Readonly<Record<string, string>> = {},
): Promise<{ code: number | null; output: string }> {
  const app = new TestApp('mart-init', { env: { DATABASE_URL: urlOf('messages_owner'), ...env } });
  const { code } = await app.exited;
  return { code, output: app.output };
}

const passwords = { MART_ANALYST_PASSWORD: PASSWORD, MART_APP_PASSWORD: PASSWORD };

async function expectRights(): Promise<void> {
  expect(await grantedRights(urlOf('messages_owner'))).toEqual(await documentedGrants(urlOf('messages_owner')));
  await query(urlOf('analyst'), 'SELECT * FROM mart.channel_rates');
  await query(urlOf('messaging_app'), 'SELECT ledger.fold()');
}

describe('mart-init on a managed server, where its user is no superuser,', () => {
  it('creates and changes roles with CREATEROLE', async () => {
    await createOwner('CREATEDB CREATEROLE');
    for (const attempt of [1, 2]) {
      expect({ attempt, ...(await runMartInit(passwords)) }).toMatchObject({ code: 0 });
    }
    await expectRights();
  });

  it('needs no CREATEROLE if an administrator has created the roles', async () => {
    await createOwner();
    await createRoles();
    expect(await runMartInit()).toMatchObject({ code: 0 });
    await expectRights();
  });

  it('names the statement that lets it set the password of such a role', async () => {
    await createOwner('CREATEROLE');
    await createRoles();
    const refused = await runMartInit(passwords);
    expect(refused.code).toBe(1);
    for (const role of ['analyst', 'messaging_app']) {
      const grant = `GRANT ${role} TO messages_owner WITH ADMIN OPTION;`;
      expect(refused.output).toContain(grant);
      await query(services.databaseUrl, grant);
    }
    expect(await runMartInit(passwords)).toMatchObject({ code: 0 });
    await expectRights();
  });

  it('continues without grants if the roles are missing, and says what to run', async () => {
    await createOwner();
    const { code, output } = await runMartInit();
    expect(code).toBe(0);
    expect(output).toContain('CREATE ROLE analyst; CREATE ROLE messaging_app; CREATE ROLE quarantine_reader;');
  });

  it('grants everything else if only the role for bytes is missing, and says what to run', async () => {
    await createOwner();
    await createRoles();
    await query(services.databaseUrl, 'DROP ROLE quarantine_reader');
    const { code, output } = await runMartInit();
    expect(code).toBe(0);
    expect(output).toContain('CREATE ROLE quarantine_reader; Then run mart-init again.');
    await query(urlOf('analyst'), 'SELECT * FROM mart.channel_rates');

    await query(services.databaseUrl, 'CREATE ROLE quarantine_reader');
    expect(await runMartInit()).toMatchObject({ code: 0 });
    await expectRights();
  });

  it('names the owner and the statement to a user who does not own the mart, with or without rights to read it', async () => {
    await createOwner('CREATEROLE');
    expect(await runMartInit(passwords)).toMatchObject({ code: 0 });
    await query(services.databaseUrl, `CREATE ROLE stranger LOGIN PASSWORD '${PASSWORD}'`);
    for (const role of ['stranger', 'messaging_app']) {
      const { code, output } = await runMartInit({ DATABASE_URL: urlOf(role) });
      expect({ role, code, output }).toMatchObject({
        code: 1,
        output: expect.stringMatching(
          new RegExp(`DATABASE_UNFIT.*[^]*The role messages_owner owns .*GRANT messages_owner TO ${role};`),
        ),
      });
      expect(output).not.toContain('Another program');
    }
    await query(services.databaseUrl, 'GRANT messages_owner TO stranger');
    expect(await runMartInit({ DATABASE_URL: urlOf('stranger') })).toMatchObject({ code: 0 });
  });

  it('names the statement that lets it create the roles whose passwords are configured', async () => {
    await createOwner();
    const { code, output } = await runMartInit(passwords);
    expect(code).toBe(1);
    for (const role of ['analyst', 'messaging_app']) {
      expect(output).toContain(`messages_owner may not create the role ${role}. As an administrator:`);
    }
    expect(output).toContain('ALTER ROLE messages_owner CREATEROLE;');
  });
});
