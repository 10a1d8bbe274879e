/** All failures of tools and servers on this machine: Kafka, PostgreSQL, Spark, pgAdmin, kubectl. */
export type ServiceErrorCode =
  | 'JAVA_MISSING'
  | 'JAVA_TOO_OLD'
  | 'MAVEN_MISSING'
  | 'JARS_FAILED'
  | 'KAFKA_FORMAT_FAILED'
  | 'KAFKA_UNREACHABLE'
  | 'POSTGRES_BINARIES_MISSING'
  | 'POSTGRES_INIT_FAILED'
  | 'POSTGRES_STATE_DAMAGED'
  | 'POSTGRES_UNREACHABLE'
  | 'PYTHON_MISSING'
  | 'PYTHON_TOO_OLD'
  | 'PYTHON_WITHOUT_VENV'
  | 'PYTHON_INSTALL_FAILED'
  | 'KUBECTL_MISSING'
  | 'KUSTOMIZE_FAILED'
  | 'TERRAFORM_MISSING'
  | 'TERRAFORM_INIT_FAILED'
  | 'PGADMIN_SETUP_FAILED'
  | 'MART_NOT_RUNNING'
  | 'MART_URL_INVALID'
  | 'PORT_TAKEN'
  | 'SERVER_DID_NOT_START'
  | 'SERVER_DID_NOT_STOP'
  | 'STATE_IN_USE'
  | 'STATE_NOT_WRITABLE'
  | 'PLATFORM_NOT_SUPPORTED';

/** An error whose message says what to do next. It never contains a password, only names of hosts and files. */
export class ServiceError extends Error {
  constructor(
    readonly code: ServiceErrorCode,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options?.cause === undefined ? undefined : options);
    this.name = 'ServiceError';
  }
}
