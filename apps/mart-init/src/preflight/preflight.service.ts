import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { withConnection } from '#platform/database/with-connection.js';
import { TABLE_DESCRIPTIONS } from '#schema/entities.js';
import { ANALYST_ROLE, APP_ROLE, type Passwords } from '#schema/mart/grant-access.js';
import { MART_COMMENT_START } from '#schema/mart/define-mart.js';
import { migrations } from '#schema/migrations.js';
import { ROLE_PASSWORDS } from '../config/mart-init-config.js';
import { problemsOf } from './problems.js';
import { PreflightError } from './preflight-error.js';
import { EXECUTED_MIGRATIONS, DATABASE_FACTS, type DatabaseFacts } from './preflight-sql.js';

const RELATIONS = [...Object.keys(TABLE_DESCRIPTIONS), 'migrations'];
const SCHEMAS = ['ledger', 'mart', 'erasure'];

/** Checks the database before mart-init changes anything. */
@Injectable()
export class PreflightService {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(ROLE_PASSWORDS) private readonly passwords: Passwords,
  ) {}

  /** @throws PreflightError that names all problems */
  async check(): Promise<void> {
    const problems = await withConnection(this.dataSource, async (_runner, client) => {
      // Not `inTransaction`: this user may lack the privilege for one of its settings, and the check has to report that.
      await client.query(
        'BEGIN READ ONLY; SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0',
      );
      const names = [RELATIONS, SCHEMAS, [ANALYST_ROLE, APP_ROLE]];
      const seen = (await client.query<DatabaseFacts>(DATABASE_FACTS, names)).rows[0]!;
      const known = seen.relations.find(({ name }) => name === 'migrations');
      const ran = known?.holds_migrations ? (await client.query<{ name: string }>(EXECUTED_MIGRATIONS)).rows : [];
      await client.query('COMMIT');
      const isMart = ran.some(({ name }) => name === migrations[0]!.name) || hasOurComment(seen);
      return problemsOf(seen, { isMart, relations: RELATIONS, rolesWithPassword: this.rolesWithPassword() });
    });
    if (problems.length > 0) throw new PreflightError(problems);
  }

  private rolesWithPassword(): string[] {
    const { analyst, app } = this.passwords;
    return [...(analyst === undefined ? [] : [ANALYST_ROLE]), ...(app === undefined ? [] : [APP_ROLE])];
  }
}

/** For a user who may not read the migrations. Everybody may read comments. */
function hasOurComment({ schemas }: DatabaseFacts): boolean {
  return schemas.some(({ name, comment }) => name === 'mart' && comment?.startsWith(MART_COMMENT_START) === true);
}
