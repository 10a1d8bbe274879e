import { writeFileSync } from 'node:fs';
import { OPENAPI_FILE, openApiJson } from './openapi-document.js';

// Run by `npm run docs` from the project's folder.
writeFileSync(OPENAPI_FILE, openApiJson());
console.log(`Wrote ${OPENAPI_FILE}`);
