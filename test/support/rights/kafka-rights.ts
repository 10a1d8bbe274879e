import { readFileSync } from 'node:fs';
import { tableRows } from '../../../tools/docs-check/markdown.js';

export type RightsUser = 'producer' | 'consumer' | 'gateway' | 'spark';

/** One right of docs/rights.md, as kafka-acls.sh grants it. */
export interface DocumentedRight {
  readonly user: RightsUser;
  readonly resource: 'topic' | 'group';
  readonly name: string;
  readonly isPrefix: boolean;
  readonly operation: string;
  /** Whether the app cannot work without it. */
  readonly isNeeded: boolean;
}

export interface RightsNames {
  readonly topic: string;
  /** Of the consumers. */
  readonly group: string;
}

const DOCUMENT = new URL('../../../docs/rights.md', import.meta.url);
const NAMES: RightsNames = { topic: 'message_data', group: 'messages-consumer' };

/** The rows of the table for Kafka, for a topic and group with other names. */
export function documentedRights(names = NAMES): DocumentedRight[] {
  return tableRows(readFileSync(DOCUMENT, 'utf8'), 'app').map((row) => {
    const [, resource, name, star] = /^(topic|group) `([\w-]+)(\*?)`$/.exec(row['resource']!) ?? [];
    if (resource === undefined || !/^(yes|no)$/.test(row['needed']!)) {
      throw new Error(`docs/rights.md: ${JSON.stringify(row)} is not a right`);
    }
    return {
      user: row['app'] as RightsUser,
      resource: resource as DocumentedRight['resource'],
      name: name!.replace(NAMES.topic, names.topic).replace(NAMES.group, names.group),
      isPrefix: star === '*',
      operation: row['operation']!,
      isNeeded: row['needed'] === 'yes',
    };
  });
}

/** What the commands in the document grant. @throws Error on an unknown option */
export function grantedByCommands(): Omit<DocumentedRight, 'isNeeded'>[] {
  const commands = readFileSync(DOCUMENT, 'utf8').matchAll(/^\$ACLS (.*)$/gm);
  return [...commands].flatMap(([, options]) => {
    const values: Record<string, string[]> = {};
    for (const [, name, value] of options!.matchAll(/--([\w-]+) (\S+)/g)) (values[name!] ??= []).push(value!);
    const { 'allow-principal': [user] = [], operation = [], topic, group, 'resource-pattern-type': pattern } = values;
    const expected = [user, operation, topic ?? group, pattern].filter(Boolean).flat().length;
    if (options!.split(' ').length !== 2 * expected) throw new Error(`docs/rights.md: unknown option in ${options}`);
    return operation.map((each) => ({
      user: user!.replace('User:', '') as RightsUser,
      resource: topic === undefined ? ('group' as const) : ('topic' as const),
      name: (topic ?? group)![0]!,
      isPrefix: pattern?.[0] === 'prefixed',
      operation: each,
    }));
  });
}
