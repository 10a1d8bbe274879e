import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from './kubernetes.js';
import { idOf } from './workload.js';

/** The maintained versions, which are the newest three (kubernetes.io/releases). */
export const KUBERNETES_VERSIONS = ['1.35', '1.36', '1.37'];

/** API groups of custom resources, which have no schema here. */
const CUSTOM_RESOURCE_GROUPS = ['keda.sh', 'monitoring.coreos.com', 'monitoring.googleapis.com'];

/** Whether a cluster knows the kind only if KEDA or a Prometheus operator has defined it. */
export function isCustomResource({ apiVersion }: Manifest): boolean {
  return CUSTOM_RESOURCE_GROUPS.includes(apiVersion.split('/')[0]!);
}

/** The strict schemas of one version of Kubernetes: an unknown field is an error. */
export class SchemaCheck {
  private readonly ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
  private readonly folder: string;
  private readonly validators = new Map<string, ValidateFunction>();

  /**
   * @param folder of the package kubernetes-validate
   * @param version for example '1.37'
   */
  constructor(folder: string, version: string) {
    this.folder = join(folder, `v${version}.0-local-strict`);
    const definitions = this.read('_definitions.json');
    if (definitions === undefined) throw new Error(`There are no schemas of Kubernetes ${version}`);
    this.ajv.addSchema(definitions, '/api/_definitions.json');
  }

  /** What violates the schema of the object; an unknown kind is a violation as well. */
  violations(manifest: Manifest): string[] {
    const { apiVersion, kind } = manifest;
    if (isCustomResource(manifest)) return [];
    const validate = this.validator(apiVersion, kind);
    if (validate === undefined) return [`${idOf(manifest)}: there is no ${apiVersion} ${kind}`];
    if (validate(manifest)) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) => `${idOf(manifest)}${instancePath}: ${message} ${JSON.stringify(params)}`,
    );
  }

  private validator(apiVersion: string, kind: string): ValidateFunction | undefined {
    // The file of networking.k8s.io/v1 Ingress is ingress-networking-v1.json.
    const file = `${kind.toLowerCase()}-${apiVersion.replace(/^([^./]*)(?:\.[^/]*)?\//, '$1-')}.json`;
    const known = this.validators.get(file);
    if (known !== undefined) return known;
    const schema = this.read(file);
    if (schema === undefined) return undefined;
    const validate = this.ajv.compile(schema);
    this.validators.set(file, validate);
    return validate;
  }

  private read(file: string): object | undefined {
    const path = join(this.folder, file);
    return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as object) : undefined;
  }
}
