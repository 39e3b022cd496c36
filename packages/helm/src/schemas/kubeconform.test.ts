import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import tools from '../../../../scripts/tools.json' with { type: 'json' };
import { checkKubernetesSchemas } from '../../test/rendered.ts';
import { checkSeveral } from './kubeconform.ts';
import type { KubernetesObject } from '../objects/kubernetes-object.ts';
import { bundleSchema, prepareSchemas, schemaFileName } from './kubernetes-schemas.ts';
import { kubernetesVersions } from '../render/render.ts';
import { cacheFolder, findTool } from '../tools/tools.ts';

const rendered = (...objects: KubernetesObject[]) =>
  objects.map((object) => ({ object, template: 'a/templates/x.yaml' }));
const service: KubernetesObject = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'a' },
  spec: { ports: [{ port: 80, targetPort: 'http' }] },
};
const broken: KubernetesObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'b' },
  spec: {
    replicas: 'three',
    replicaas: 1,
    selector: {},
    template: { spec: { containers: [{ name: 'c', ports: [{ containerPort: 'http' }] }] } },
  },
};
const route: KubernetesObject = {
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'HTTPRoute',
  metadata: { name: 'r' },
};

describe('Kubernetes schemas', () => {
  it.each(kubernetesVersions)(
    '%s: finds unknown fields and wrong types, and says what it could not check',
    async (version) => {
      const check = await checkKubernetesSchemas(rendered(service, broken, route), version);
      expect(check.diagnostics.map((diagnostic) => diagnostic.message).sort()).toEqual([
        'Deployment/b, spec.replicas: got string, want null or integer.',
        'Deployment/b, spec.template.spec.containers[0].ports[0].containerPort: got string, want integer.',
        "Deployment/b, spec: additional properties 'replicaas' not allowed.",
      ]);
      expect(check).toMatchObject({ checked: 2, notChecked: ['gateway.networking.k8s.io/v1 HTTPRoute'] });
    },
  );

  it
    .skipIf(process.platform === 'win32')
    .each<readonly [string, readonly (readonly [string, string])[], number, string]>([
      ['ends with an error and found none', [['statusValid', '']], 1, 'exit code 1 but reported no fault'],
      [
        'names an object twice',
        [
          ['statusInvalid', "x - at '/x': bad"],
          ['statusValid', ''],
        ],
        1,
        'x: bad',
      ],
      ['gives no reason', [['statusInvalid', '']], 1, 'the object: does not follow the schema'],
      ['shows a secret', [['statusError', 'password=hunter2']], 1, 'password=[hidden]'],
    ])(
    'takes no answer for sound that %s (skipped on Windows: a shell script plays the tool)',
    async (_, statuses, exitCode, said) => {
      const folder = mkdtempSync(join(tmpdir(), 'kubeconform-'));
      try {
        const resources = statuses.map(([status, msg]) => ({ filename: '/x/0-0.json', status, msg }));
        const tool = join(folder, 'kubeconform');
        writeFileSync(
          tool,
          `#!/bin/sh\n[ "$*" = -v ] && echo v0.8.0 && exit 0\ncat <<'X'\n${JSON.stringify({ resources })}\nX\nexit ${exitCode}\n`,
          { mode: 0o755 },
        );
        const environment = { ...process.env, MI_PATTERNS_KUBECONFORM: tool };
        const found = await checkKubernetesSchemas(rendered(service), '1.37', { environment }).then(
          ({ diagnostics }) => diagnostics.map(({ message }) => message).join(),
          (error: unknown) => (error instanceof Error ? error.message : ''),
        );
        expect(found).toContain(said);
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  );

  it('keeps several sets apart', async () => {
    const [first, second] = await checkSeveral([rendered(broken), rendered(service, service)], '1.37');
    expect([first?.diagnostics.length, first?.checked, second?.diagnostics.length, second?.checked]).toEqual([
      3, 1, 0, 2,
    ]);
  });

  it('does not take a type of another group for a built-in one', async () => {
    const foreign = { apiVersion: 'networking.example.com/v1', kind: 'Ingress', metadata: { name: 'x' } };
    expect(schemaFileName(foreign)).toBe('ingress-networking-v1.json');
    expect(await checkKubernetesSchemas(rendered(foreign), '1.30')).toMatchObject({
      checked: 0,
      notChecked: ['networking.example.com/v1 Ingress'],
    });
  });

  it('knows kinds by version: image volumes and newer kinds come and go', async () => {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p' },
      spec: { containers: [{ name: 'c' }], volumes: [{ name: 'v', image: { reference: 'x:1' } }] },
    };
    expect(
      (await checkKubernetesSchemas(rendered(pod), '1.30')).diagnostics.map((diagnostic) => diagnostic.message),
    ).toEqual(["Pod/p, spec.volumes[0]: additional properties 'image' not allowed."]);
    expect((await checkKubernetesSchemas(rendered(pod), '1.37')).diagnostics).toEqual([]);
  });

  it('says where the schemas should be when they are not there', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'no-schemas-'));
    try {
      await expect(prepareSchemas('1.37', [service], empty, { MI_PATTERNS_CACHE: empty })).rejects.toMatchObject({
        code: 'MI-TOOL-MISSING',
        message: expect.stringContaining(empty),
      });
      await expect(prepareSchemas('1.99', [service], empty)).rejects.toMatchObject({ code: 'MI-TOOL-MISSING' });
    } finally {
      rmSync(empty, { recursive: true, force: true });
    }
  });

  it.each(['_definitions.json', 'service-v1.json'])('names %s where it was cut off', async (name) => {
    const folder = mkdtempSync(join(tmpdir(), 'half-schemas-'));
    try {
      const schemas = join(folder, 'v1.37.0-local-strict');
      mkdirSync(schemas);
      const type = { 'x-kubernetes-group-version-kind': [{ group: '', kind: 'Service', version: 'v1' }] };
      writeFileSync(join(schemas, '_definitions.json'), '{}');
      writeFileSync(join(schemas, 'service-v1.json'), JSON.stringify(type));
      writeFileSync(join(schemas, name), '{"a": "b');
      const environment = { MI_PATTERNS_CACHE: folder, MI_PATTERNS_KUBERNETES_SCHEMAS: folder };
      await expect(prepareSchemas('1.37', [service], join(folder, 'spare'), environment)).rejects.toMatchObject({
        code: 'MI-TOOL-MISSING',
        message: `The JSON schema ${join(schemas, name)} is damaged: it is not valid JSON.`,
        hint: expect.stringContaining('Unpack the PyPI package'),
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('checks the same where the cache cannot be written', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'no-cache-'));
    try {
      const file = join(folder, 'file');
      writeFileSync(file, '');
      const {
        MI_PATTERNS_KUBERNETES_SCHEMAS = join(
          cacheFolder() ?? '',
          'kubernetes-schemas',
          tools.kubernetesSchemas.version,
        ),
      } = process.env;
      const kubeconform = (await findTool('kubeconform')).command[0];
      const environment = {
        MI_PATTERNS_CACHE: file,
        MI_PATTERNS_KUBECONFORM: kubeconform,
        MI_PATTERNS_KUBERNETES_SCHEMAS,
      };
      const check = await checkKubernetesSchemas(rendered(service, broken), '1.37', { environment });
      expect([check.checked, check.diagnostics.length]).toEqual([2, 3]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('bundles what a schema refers to, once, also in circles', () => {
    const definitions = {
      A: { properties: { b: { $ref: '#/$defs/B' }, description: { type: 'string', description: 'gone' } } },
      B: { items: { $ref: '#/$defs/A' } },
      C: {},
    };
    expect(
      bundleSchema(
        { $id: 'x', $schema: 'y', properties: { a: { $ref: '/api/_definitions.json#/$defs/A', description: 'gone' } } },
        definitions,
      ),
    ).toEqual({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      properties: { a: { $ref: '#/$defs/A' } },
      $defs: {
        A: { properties: { b: { $ref: '#/$defs/B' }, description: { type: 'string' } } },
        B: { items: { $ref: '#/$defs/A' } },
      },
    });
  });
});
