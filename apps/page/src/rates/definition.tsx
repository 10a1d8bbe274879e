import { Figure } from '../components/figure.js';

interface DefinitionProps {
  readonly label: string;
  /** Column of the mart that a chart shows. */
  readonly column: string;
}

/** Explains what a chart shows: the column's definition, and where its figures come from. */
export function Definition({ label, column }: DefinitionProps) {
  return <Figure {...{ label, column, text: 'What is this?', value: undefined, name: 'chart', class: 'definition' }} />;
}
