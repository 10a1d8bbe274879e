import { contract } from './contract.js';

/** The text of `libs/schema/contract.json`: the contract for programs in other languages. */
export function contractJson(): string {
  return `${JSON.stringify(contract, null, 2)}\n`;
}
