import { FURTHER_FIGURES, MAIN_FIGURES, VENDORS } from '#schema/mart/metric-definition.js';
import { oneOf } from '../parameters/value-kind.js';
import { martResource } from './define-resource.js';
import { equals } from '../parameters/resource-parameters.js';
import type { Resource } from './resource.js';

/** What the figures mean; independent of the data. */
export const definitionResources: readonly Resource[] = [
  martResource('metric_definitions', {
    path: 'definitions',
    summary: "Vendors' definitions of figures, and our rate for each",
    parameters: [
      equals('vendor', {
        kind: oneOf(VENDORS),
        description: 'Vendor of e-mail marketing software',
        example: 'Klaviyo',
      }),
      equals('figure', {
        kind: oneOf([...MAIN_FIGURES, ...FURTHER_FIGURES]),
        description: 'What is measured',
        example: 'open rate',
      }),
    ],
    key: ['vendor', 'figure'],
  }),
];
