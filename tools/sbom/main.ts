import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { shippedBom, type Bom } from './bom.js';

// Run by `npm run sbom` in the root of the repository; prints a CycloneDX document.
const MAX_BYTES = 64 * 1024 * 1024;
const output = execFileSync('npm', ['sbom', '--sbom-format', 'cyclonedx'], { encoding: 'utf8', maxBuffer: MAX_BYTES });
const read = (file: string) => readFileSync(file, 'utf8');
// requirements-image.txt lacks pyspark, which the base image of the Spark job has.
const [pyspark = ''] = /^pyspark==.*$/m.exec(read('spark/requirements.txt')) ?? [];
const requirements = [read('spark/requirements-image.txt'), pyspark];
const bom = shippedBom(JSON.parse(output) as Bom, read('dist/apps/page/licenses.md'), requirements);
console.log(JSON.stringify(bom, undefined, 2));
