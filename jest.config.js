import { realpathSync } from 'node:fs';

// The folder may have any name, so it stands in no glob, and escaped in patterns.
const root = realpathSync(import.meta.dirname).replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/** @param folder a pattern, below the project's */
const specsOf = (folder) => [`^${root}/${folder}/.*\\.spec\\.ts$`];

/** Unit specs stand beside their sources and do no I/O; the suites below test/ run against real servers. */
const shared = {
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
        },
        module: { type: 'es6' },
      },
    ],
  },
  modulePathIgnorePatterns: [`^${root}/dist`, `^${root}/.local`],
};

const onServers = {
  ...shared,
  globalSetup: '<rootDir>/test/setup/start-servers.js',
  globalTeardown: '<rootDir>/test/setup/stop-servers.js',
};

export default {
  // For two cores: most suites below test/ wait for servers and apps for more than half of their time.
  maxWorkers: 4,
  testSequencer: '<rootDir>/test/setup/longest-first.js',
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testRegex: specsOf('(apps|libs|dev|tools|observability)'),
    },
    {
      ...shared,
      displayName: 'manifests',
      globalSetup: '<rootDir>/test/setup/install-schemas.js',
      testRegex: specsOf('test/manifests'),
    },
    { ...onServers, displayName: 'integration', testRegex: specsOf('test/integration') },
    // Stops servers, so each of its suites starts its own.
    { ...shared, displayName: 'chaos', testRegex: specsOf('test/chaos') },
    {
      ...onServers,
      displayName: 'pgadmin',
      globalSetup: '<rootDir>/test/setup/start-pgadmin.js',
      testRegex: specsOf('test/pgadmin'),
    },
    // Installs schemathesis.
    {
      ...onServers,
      displayName: 'api',
      globalSetup: '<rootDir>/test/setup/start-api.js',
      testRegex: specsOf('test/api'),
    },
    // Installs confluent-kafka, and compiles with Go.
    { ...onServers, displayName: 'producers', testRegex: specsOf('test/producers') },
    // Installs dbt.
    { ...onServers, displayName: 'dbt', testRegex: specsOf('test/dbt') },
    // Installs generators of clients; not part of CI.
    { ...onServers, displayName: 'clients', testRegex: specsOf('test/clients') },
    // Needs Chromium.
    { ...onServers, displayName: 'page', testRegex: specsOf('test/page') },
    // Needs psql, and kills servers.
    { ...shared, displayName: 'backup', testRegex: specsOf('test/backup') },
    // Needs PgBouncer.
    { ...onServers, displayName: 'poolers', testRegex: specsOf('test/poolers') },
    // As chaos, with a Spark cluster besides.
    { ...shared, displayName: 'spark', testRegex: specsOf('test/spark') },
    // Needs Prometheus and its node exporter, which npm cannot bring.
    { ...onServers, displayName: 'observability', testRegex: specsOf('test/observability') },
    // Needs Terraform, and installs checkov.
    {
      ...shared,
      displayName: 'terraform',
      globalSetup: '<rootDir>/test/setup/prepare-terraform.js',
      testRegex: specsOf('test/terraform'),
    },
    // On a Kubernetes cluster: npm run test:cluster.
    { ...shared, displayName: 'cluster', testRegex: specsOf('test/cluster') },
    { ...onServers, displayName: 'real-data', testRegex: specsOf('test/real-data') },
  ],
};
