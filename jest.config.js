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
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/.local'],
};

const onServers = {
  ...shared,
  globalSetup: '<rootDir>/test/setup/start-servers.js',
  globalTeardown: '<rootDir>/test/setup/stop-servers.js',
};

export default {
  // Each suite below test/ starts processes of its own, and two at once are what two cores bear.
  maxWorkers: 2,
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/{apps,libs,local,observability}/**/*.spec.ts'],
    },
    {
      ...shared,
      displayName: 'manifests',
      globalSetup: '<rootDir>/test/setup/install-schemas.js',
      testMatch: ['<rootDir>/test/manifests/**/*.spec.ts'],
    },
    { ...onServers, displayName: 'integration', testMatch: ['<rootDir>/test/integration/**/*.spec.ts'] },
    // Stops servers, so each of its suites starts its own.
    { ...shared, displayName: 'chaos', testMatch: ['<rootDir>/test/chaos/**/*.spec.ts'] },
    {
      ...onServers,
      displayName: 'pgadmin',
      globalSetup: '<rootDir>/test/setup/start-pgadmin.js',
      testMatch: ['<rootDir>/test/pgadmin/**/*.spec.ts'],
    },
    // Needs psql, and kills servers.
    { ...shared, displayName: 'backup', testMatch: ['<rootDir>/test/backup/**/*.spec.ts'] },
    // Needs PgBouncer.
    { ...onServers, displayName: 'poolers', testMatch: ['<rootDir>/test/poolers/**/*.spec.ts'] },
    // As chaos, with a Spark cluster besides.
    { ...shared, displayName: 'spark', testMatch: ['<rootDir>/test/spark/**/*.spec.ts'] },
    // Needs Prometheus and its node exporter, which npm cannot bring.
    { ...onServers, displayName: 'observability', testMatch: ['<rootDir>/test/observability/**/*.spec.ts'] },
    // Needs Terraform, and installs checkov.
    {
      ...shared,
      displayName: 'terraform',
      globalSetup: '<rootDir>/test/setup/prepare-terraform.js',
      testMatch: ['<rootDir>/test/terraform/**/*.spec.ts'],
    },
    // On a Kubernetes cluster: npm run test:cluster.
    { ...shared, displayName: 'cluster', testMatch: ['<rootDir>/test/cluster/**/*.spec.ts'] },
    { ...onServers, displayName: 'real-data', testMatch: ['<rootDir>/test/real-data/**/*.spec.ts'] },
  ],
};
