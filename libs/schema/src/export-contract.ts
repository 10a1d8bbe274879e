import { writeFileSync } from 'node:fs';
import { contractJson } from './contract-json.js';

// Run by `npm run schema:export` from the project's folder.
writeFileSync('libs/schema/contract.json', contractJson());
