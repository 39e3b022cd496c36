import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { editorSchema } from './editor-schema.ts';

const validate = new Ajv({ strict: false, allErrors: true }).compile(editorSchema());
const faults = (document: object): (string | undefined)[] => {
  validate(document);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
};

describe('the schema for editors', () => {
  it('takes part of the values, in the defaults and in an environment', () => {
    const values = { ingress: { enabled: true }, workloads: { integration: { replicas: 3 } } };
    expect(faults({ values, environments: { prod: { values } } })).toEqual([]);
  });

  it('knows the keys of the chart', () => {
    expect(faults({ values: { ingres: {} } })).toEqual(['/values must NOT have additional properties']);
    expect(faults({ environments: { prod: { values: { ingress: { enabled: 'yes' } } } } })).not.toEqual([]);
  });

  it('checks the configuration itself as before', () => {
    expect(faults({ patern: 'coordinated' })).toEqual([' must NOT have additional properties']);
  });
});
