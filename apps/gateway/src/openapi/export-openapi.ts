import { writeFileSync } from 'node:fs';
import { OPENAPI_FILE, openApiJson } from './openapi-document.js';

// Run by `npm run docs` in the root of the repository.
writeFileSync(OPENAPI_FILE, openApiJson());
console.log(`Wrote ${OPENAPI_FILE}`);
