import { expect, it } from 'vitest';
import { parseHelmError } from '../render/helm-errors.ts';
import { placedRefusals } from './placed-refusals.ts';

/** As helm 4.3 says it. */
const words = `Error: values don't meet the specifications of the schema(s) in the following chart(s):
micro-integrator:
- at '/workloads/integration': additional properties 'replicaas', 'image' not allowed
- at '/workloads/integration/replicas': got string, want integer
- at '/image': missing property 'repository'
`;
const text = `image:
  tag: '1'
workloads:
  integration:
    replicaas: 3
    replicas: abc
    image: a
`;

it('places what breaks the schema of a chart at its line', () => {
  const refused = parseHelmError(words, { chartFolder: undefined }) ?? [];
  const placed = placedRefusals(refused, { text, path: 'values.yaml' });
  expect(placed.map(({ message, source }) => `${source?.path}:${source?.line}:${source?.column} ${message}`)).toEqual([
    'values.yaml:2:3 `image`: `repository` is missing.',
    'values.yaml:7:5 `workloads.integration.image`: unknown key.',
    'values.yaml:5:5 `workloads.integration.replicaas`: unknown key.',
    'values.yaml:6:15 `workloads.integration.replicas`: got string, want integer.',
  ]);
});
