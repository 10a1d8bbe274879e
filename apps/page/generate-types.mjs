import { writeFile } from 'node:fs/promises';
import openapiTS, { astToString } from 'openapi-typescript';

// Types of the REST answers, from the gateway's own document. Run by `npm run page:types`.
// Rows of a list have all their columns unless a request selects some, so their properties are not optional.
const types = await openapiTS(new URL('../gateway/openapi.json', import.meta.url), {
  propertiesRequiredByDefault: true,
});
await writeFile(new URL('src/api/openapi.d.ts', import.meta.url), astToString(types));
