/** A view of the schema `mart`, as data. */
export interface MartView {
  readonly kind: 'view';
  readonly name: string;
  /** The question it answers; shown in pgAdmin, psql and the data dictionary. */
  readonly comment: string;
  /** Descriptions of its own columns; those of measures and rates are in measures.ts. */
  readonly columns: Readonly<Record<string, string>>;
  readonly sql: string;
}

/** A function of the schema `mart`, for questions with a parameter. */
export interface MartFunction {
  readonly kind: 'function';
  readonly name: string;
  /** As in CREATE FUNCTION, with defaults. */
  readonly parameters: string;
  readonly returns: string;
  /** Default STABLE. PostgreSQL inlines an immutable expression, so views can call it for every row. */
  readonly volatility?: 'IMMUTABLE';
  readonly comment: string;
  /** Default sql. PL/pgSQL can raise errors that say what is wrong with an argument. */
  readonly language?: 'plpgsql';
  /** Reads the schema ledger itself, on which analysts have no rights. Views need no such mark: they have their owner's rights. */
  readonly readsLedger?: true;
  /** The body. With readsLedger, qualify every name. */
  readonly sql: string;
}

export type MartObject = MartView | MartFunction;
