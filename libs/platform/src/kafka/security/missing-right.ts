import { kafkaErrorTypes } from '../kafka-error-types.js';

/** An operation as kafka-acls.sh names it. Read, Write and Delete include Describe. */
export type KafkaOperation = 'Create' | 'Delete' | 'Describe' | 'DescribeConfigs' | 'Read' | 'Write';

export interface KafkaRight {
  readonly resource: 'topic' | 'group';
  readonly name: string;
  /** Whether it covers all resources whose names start with `name`. */
  readonly isPrefix?: boolean;
  readonly operations: readonly KafkaOperation[];
}

const DENIALS = {
  topic: 'TOPIC_AUTHORIZATION_FAILED',
  group: 'GROUP_AUTHORIZATION_FAILED',
} as const;

/** Whether the brokers refused a request because this client's user lacks a right on a topic or group. */
export function isDenied(error: unknown, resource: KafkaRight['resource']): boolean {
  return kafkaErrorTypes(error).includes(DENIALS[resource]);
}

/** The first of the rights whose lack explains the error; undefined if the error is not about rights. */
export function deniedRight(error: unknown, rights: readonly KafkaRight[]): KafkaRight | undefined {
  return rights.find(({ resource }) => isDenied(error, resource));
}

/** What is missing, and the command that grants it. */
export function missingRight({ resource, name, isPrefix = false, operations }: KafkaRight): {
  message: string;
  action: string;
} {
  const resources = isPrefix ? `${resource}s that start with ${name}` : `${resource} ${name}`;
  const pattern = isPrefix ? ' --resource-pattern-type prefixed' : '';
  const flags = operations.map((operation) => `--operation ${operation}`).join(' ');
  return {
    message: `this client's user lacks ${operations.join(' and ')} on ${resources}`,
    action: `Grant it: kafka-acls.sh --bootstrap-server … --add --allow-principal User:… ${flags} --${resource} '${name}'${pattern} (docs/rights.md has all rights).`,
  };
}
