interface Dependent {
  /** Such as "materialized view". */
  readonly type: string;
  /** With its schema; that of a function with its arguments. */
  readonly name: string;
}

/** Objects outside the schema mart depend on objects of it that must be dropped. */
export class DependentsError extends Error {
  /** Whatever has data is left to its owner. */
  private static readonly DROPPABLE = new Set(['view', 'materialized view', 'function']);

  constructor(readonly dependents: readonly Dependent[]) {
    const drops = dependents
      .filter(({ type }) => DependentsError.DROPPABLE.has(type))
      .map(({ type, name }) => `DROP ${type.toUpperCase()} ${name};`);
    super(
      'columns of views in the schema mart change or get another type, and these objects of yours read them: ' +
        `${dependents.map(({ type, name }) => `${type} ${name}`).join(', ')}. Save their definitions ` +
        `(pg_dump --schema-only, or pg_get_viewdef), drop them, and create them again afterwards: ${drops.join(' ')}`,
    );
    this.name = 'DependentsError';
  }
}
