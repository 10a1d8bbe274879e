import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { createAnalyst, type Analyst } from '../support/analyst.js';
import { createMartDatabase, withClient, type MartDatabase } from '../support/mart-database.js';

const QUERIES = new URL('../../deploy/pgadmin/queries/', import.meta.url);

let database: MartDatabase;
let analyst: Analyst;

beforeAll(async () => {
  const serverUrl = process.env.DATABASE_URL!;
  database = await createMartDatabase(serverUrl);
  analyst = await createAnalyst(database, serverUrl);
});

afterAll(async () => {
  await database?.drop();
  await analyst?.drop();
});

describe('the saved queries of pgAdmin', () => {
  it.each(readdirSync(QUERIES))('%s starts with its question, and runs as an analyst', async (file) => {
    expect(file).toMatch(/^\d\d-[a-z0-9-]+\.sql$/);
    const sql = readFileSync(new URL(file, QUERIES), 'utf8');
    expect(sql).toMatch(/^-- .+\?/);
    const { fields } = await withClient(analyst.url, (client) => client.query(sql));
    expect(fields.length).toBeGreaterThan(0);
  });

  it('are all in the ConfigMap', () => {
    const kustomization = readFileSync(new URL('../kustomization.yaml', QUERIES), 'utf8');
    const listed = [...kustomization.matchAll(/^ +- queries\/(.+)$/gm)].map(([, file]) => file);
    expect(listed).toEqual(readdirSync(QUERIES).sort());
  });
});
