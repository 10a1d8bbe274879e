import { afterAll, expect, it } from '@jest/globals';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { COPY, testRuns } from '../support/terraform/terraform.js';

/** Each invalid value is refused by its variable, with a message that says what to do, before any request to Google. */
const REFUSALS: readonly (readonly [variable: string, value: string, words: string, project?: string])[] = [
  ['project_id', '"123456789012"', 'gcloud projects list'],
  ['region', '"us-central1-a"', 'not a zone'],
  ['zone', '"europe-west1-b"', 'must be a zone of the region us-central1, such as us-central1-a'],
  ['name', '"messaging-of-our-shop"', '2 to 20 lower-case letters'],
  [
    'name',
    '"messaging-of-our-shp"',
    'longer than the 63 characters that Google allows',
    '"a-shop-with-an-id-of-30-letter"',
  ],
  ['authorized_networks', '{}', 'Add at least your own address'],
  ['authorized_networks', '{ all = "0.0.0.0/0" }', 'opens the control plane to the internet'],
  ['authorized_networks', '{ low = "0.0.0.0/1", high = "128.0.0.0/1" }', 'opens the control plane to the internet'],
  ['authorized_networks', '{ me = "203.0.113.7" }', 'a single address ends with /32'],
  ['authorized_networks', '{ all = "::/0" }', 'ranges of IPv4 addresses'],
  ['authorized_networks', '{ low = "128.0.0.0/7" }', 'none larger than /8'],
  ['authorized_networks', '{ me = "203.0.113.7/24" }', '203.0.113.7/24 is within 203.0.113.0/24'],
  ['nodes_range', '"10.0.0.0"', 'such as 10.0.0.0/20'],
  ['nodes_range', '"10.0.0.1/20"', 'with all bits after the prefix 0'],
  ['pods_range', '"10.0.0.0/33"', 'such as 10.16.0.0/16'],
  ['pods_range', '"10.17.0.0/15"', 'with all bits after the prefix 0'],
  ['pods_range', '"10.0.0.0/20"', 'must not overlap'],
  ['pods_range', '"10.0.8.0/24"', 'must not overlap'],
  ['services_range', '"services"', 'such as 10.32.0.0/20'],
  ['services_range', '"10.32.0.0/8"', 'with all bits after the prefix 0'],
  ['services_range', '"10.0.0.0/8"', 'they are 10.0.0.0/20, 10.16.0.0/16 and 10.0.0.0/8'],
  ['release_channel', '"UNSPECIFIED"', 'RAPID, REGULAR or STABLE'],
  [
    'maintenance_window',
    '{ start = "2026-01-03T10:00:00Z", end = "2026-01-03T02:00:00Z", recurrence = "FREQ=DAILY" }',
    'a start before its end',
  ],
  [
    'maintenance_window',
    '{ start = "02:00", end = "10:00", recurrence = "FREQ=DAILY" }',
    'such as 2026-01-03T02:00:00Z',
  ],
  [
    'maintenance_window',
    '{ start = "2026-01-03T02:00:00Z", end = "2026-01-03T10:00:00Z", recurrence = "weekends" }',
    'a rule such as FREQ=WEEKLY;BYDAY=SA,SU',
  ],
  [
    'maintenance_window',
    '{ start = "2026-01-03T02:00:00Z", end = "2026-01-03T05:59:00Z", recurrence = "FREQ=DAILY" }',
    'at least 4 hours',
  ],
  [
    'maintenance_window',
    '{ start = "2026-01-03T02:00:00Z", end = "2026-01-05T02:00:00Z", recurrence = "FREQ=DAILY" }',
    'at most 24',
  ],
  ['general_pool', '{ min_nodes = 0 }', 'at least one node'],
  ['general_pool', '{ min_nodes = 1.5 }', 'whole numbers'],
  ['general_pool', '{ disk_size_gb = 10 }', 'at least 30 GB'],
  ['general_pool', '{ min_nodes = 1, max_nodes = 2 }', 'a max_nodes of at least 3; or set zone'],
  ['general_pool', '{ min_nodes = 5, max_nodes = 4 }', 'max_nodes not below min_nodes'],
  ['spark_pool', '{ max_nodes = 0 }', 'a max_nodes of at least one'],
  ['spark_pool', '{ min_nodes = -1 }', '0 or more'],
  ['spark_pool', '{ max_nodes = 2.5 }', 'whole numbers'],
  ['spark_pool', '{ min_nodes = 5, max_nodes = 4 }', 'not below min_nodes'],
  ['secrets_key_ring', '"messaging/2"', 'letters, digits, hyphens and underscores'],
  ['image_tag', '"latest"', 'another image tomorrow'],
  ['image_tag', '"producer:0.1.0"', 'such as 0.1.0'],
];

const FOLDER = 'refusals';
const GOOD = { project_id: '"my-shop-123456"', authorized_networks: '{ office = "203.0.113.0/24" }' };

// One file for each, as a failing run ends its file. expect_failures would hide the messages.
mkdirSync(join(COPY, FOLDER), { recursive: true });
for (const [index, [variable, value, , project = GOOD.project_id]] of REFUSALS.entries()) {
  const variables = Object.entries({ ...GOOD, project_id: project, [variable]: value }).map(
    ([name, text]) => `  ${name} = ${text}`,
  );
  const test = [
    'mock_provider "google" {',
    '  source          = "./tests/mocks"',
    '  override_during = plan',
    '}',
    'variables {',
    ...variables,
    '}',
    'run "refused" {',
    '  command = plan',
    '}',
  ];
  writeFileSync(join(COPY, FOLDER, `${index}.tftest.hcl`), `${test.join('\n')}\n`);
}
const runs = await testRuns(`-test-directory=${FOLDER}`);
afterAll(() => rmSync(join(COPY, FOLDER), { recursive: true, force: true }));

it.each(REFUSALS.map(([variable, value, words], index) => [variable, value, words, index] as const))(
  '%s = %s: %s',
  (_variable, _value, words, index) => {
    const refused = runs.find(({ file }) => file === `${FOLDER}/${index}.tftest.hcl`);
    const errors = refused!.errors.map((error) => error.replaceAll(/\s+/g, ' '));
    expect(refused?.status).not.toBe('pass');
    expect(errors.filter((error) => !error.startsWith('Invalid value for variable'))).toEqual([]);
    expect(errors).toContainEqual(expect.stringContaining(words));
  },
);
