import type { DatabaseFacts } from './preflight-sql.js';

/** What mart-init knows without asking the database. */
export interface Expected {
  /** Whether a migration of the mart has run here. */
  readonly isMart: boolean;
  /** Relations that the mart needs in the schema public. */
  readonly relations: readonly string[];
  /** Roles with a configured password. */
  readonly rolesWithPassword: readonly string[];
}

/** All problems that prevent creating or using the mart, each with the statement that fixes it. */
export function problemsOf(seen: DatabaseFacts, expected: Expected): string[] {
  return [
    ...problemsOfServer(seen),
    ...problemsOfRights(seen, expected),
    ...(expected.isMart ? problemsOfOwnObjects(seen) : foreignObjects(seen)),
    ...problemsOfRoles(seen, expected),
  ];
}

function problemsOfServer({ encoding, is_standby, is_replica, database }: DatabaseFacts): string[] {
  const problems: string[] = [];
  if (is_standby) problems.push('The server is a standby, which is read-only. Name the primary in DATABASE_URL.');
  if (encoding !== 'UTF8') {
    problems.push(
      `The encoding of the database ${database} is ${encoding}, which cannot store all texts. Create another one and name it in ` +
        `DATABASE_URL: CREATE DATABASE messaging ENCODING 'UTF8' TEMPLATE template0;`,
    );
  }
  if (is_replica) {
    problems.push(
      `session_replication_role is replica, which disables the triggers that count messages. As a superuser: ` +
        `ALTER DATABASE ${quote(database)} RESET session_replication_role; (or ALTER ROLE … RESET, or change postgresql.conf)`,
    );
  }
  return problems;
}

function problemsOfRights(seen: DatabaseFacts, { relations }: Expected): string[] {
  const problems: string[] = [];
  const user = quote(seen.user);
  const lacksSchema = seen.schemas.length < 3;
  const lacksRelation = relations.some((name) => !seen.relations.some((relation) => relation.name === name));
  if (!seen.has_public) {
    problems.push(`There is no schema public. CREATE SCHEMA public AUTHORIZATION ${user};`);
  } else if (lacksRelation && !seen.may_create_in_public) {
    problems.push(`${seen.user} may not create tables. As owner: GRANT CREATE ON SCHEMA public TO ${user};`);
  }
  if (lacksSchema && !seen.may_create_schemas) {
    problems.push(
      `${seen.user} may not create schemas. As owner: GRANT CREATE ON DATABASE ${quote(seen.database)} TO ${user};`,
    );
  }
  if (!seen.may_make_temporary_tables) {
    problems.push(
      `${seen.user} may not create temporary tables. As owner: GRANT TEMPORARY ON DATABASE ${quote(seen.database)} TO ${user};`,
    );
  }
  return problems;
}

function problemsOfOwnObjects({ relations, schemas, user }: DatabaseFacts): string[] {
  const foreign = [...relations.map((each) => ({ ...each, name: `public.${each.name}` })), ...schemas].filter(
    ({ is_ours: isOurs }) => !isOurs,
  );
  const namesOf = (role: string) => foreign.flatMap(({ name, owner }) => (owner === role ? [name] : [])).join(', ');
  return [
    ...[...new Set(foreign.map(({ owner }) => owner))].map(
      (owner) =>
        `The role ${owner} owns objects of the mart (${namesOf(owner)}), and ${user} is not a member of it. ` +
        `Run mart-init as ${owner}, or as an administrator: GRANT ${quote(owner)} TO ${quote(user)};`,
    ),
    ...relations
      .filter(({ has_policies }) => has_policies)
      .map(
        ({ name }) =>
          `Row-level security would hide rows of public.${name} from the pipeline. ALTER TABLE public.${name} DISABLE ROW LEVEL SECURITY;`,
      ),
  ];
}

/** Objects of another program under the mart's names. They are never touched. */
function foreignObjects({ relations, schemas, database }: DatabaseFacts): string[] {
  const names = [...relations.map(({ name }) => `public.${name}`), ...schemas.map(({ name }) => `the schema ${name}`)];
  if (names.length === 0) return [];
  return [
    `Another program owns ${names.join(', ')} in the database ${database}. Create a separate database for the mart and name it ` +
      `in DATABASE_URL: CREATE DATABASE messaging;`,
  ];
}

function problemsOfRoles({ roles, user, may_create_roles }: DatabaseFacts, { rolesWithPassword }: Expected): string[] {
  return rolesWithPassword.flatMap((name) => {
    const role = roles.find((each) => each.name === name);
    if (role === undefined) {
      return may_create_roles
        ? []
        : [`${user} may not create the role ${name}. As an administrator: ALTER ROLE ${quote(user)} CREATEROLE;`];
    }
    return role.is_administered
      ? []
      : [
          `${user} may not set the password of ${name}. As an administrator: ALTER ROLE ${quote(user)} CREATEROLE; ` +
            `GRANT ${name} TO ${quote(user)} WITH ADMIN OPTION; or do not configure a password.`,
        ];
  });
}

function quote(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}
