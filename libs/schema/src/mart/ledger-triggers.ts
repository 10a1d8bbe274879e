import type { QueryRunner } from 'typeorm';

/** The triggers that keep the ledger, as the migrations created them: what each fires after, and the rows that it reads. */
const TRIGGERS: Readonly<Record<string, string>> = {
  count_insert: 'INSERT ON public.messages REFERENCING NEW TABLE AS new_rows',
  count_update: 'UPDATE ON public.messages REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows',
  count_delete: 'DELETE ON public.messages REFERENCING OLD TABLE AS old_rows',
  count_truncate: 'TRUNCATE ON public.messages',
};

/**
 * Creates missing and disabled triggers of messages again, and recounts all rows, as some may have been written meanwhile. Run it in
 * a transaction: it blocks writers until the end.
 *
 * @returns the triggers that were off; empty if nothing was wrong
 */
export async function restoreTriggers(runner: QueryRunner): Promise<readonly string[]> {
  const [state] = (await runner.query('SELECT triggers_off AS off FROM ledger.state')) as [{ off: string[] }];
  if (state.off.length === 0) return [];
  for (const name of state.off) {
    await runner.query(`DROP TRIGGER IF EXISTS ${name} ON public.messages`);
    await runner.query(
      `CREATE TRIGGER ${name} AFTER ${TRIGGERS[name]} FOR EACH STATEMENT EXECUTE FUNCTION ledger.${name}()`,
    );
  }
  await runner.query('SELECT ledger.rebuild()');
  return state.off;
}
