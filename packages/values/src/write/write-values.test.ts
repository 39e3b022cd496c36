import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { environment, ordersPlan, plan, workload } from '../../test/plans.ts';
import { places } from '../../test/show.ts';
import { isMapping, valueAt, type Values } from '../mapping/merge.ts';
import { sealState } from '../files/seal.ts';
import { writeValues, type WriteContext } from './write-values.ts';
import { readYaml } from '../yaml/read.ts';

const context: WriteContext = {
  schema: '../charts/micro-integrator/values.schema.json',
  inputs: [
    { path: 'services/orders', digest: 'sha256:2' },
    { path: 'extra.car', digest: 'sha256:1' },
  ],
};
const read = (text: string): unknown => readYaml(text, 'v.yaml', 'MI-VALUES', 'helm').value;

describe('writeValues', () => {
  it('writes a file that says why each workload exists', () => {
    const prod = environment({
      image: { repository: 'acme/orders', tag: '1.10' },
      runtime: { version: '4.6.0' },
      values: { env: { REGION: 'no' }, workloads: { 'recurring-order-task': { recovery: 'at-most-one' } } },
    });
    const { text, diagnostics } = writeValues(ordersPlan, prod, context, 'prod.yaml');
    expect(diagnostics).toEqual([]);
    expect(text.split('\n').slice(1).join('\n')).toMatchInlineSnapshot(`
      "# yaml-language-server: $schema=../charts/micro-integrator/values.schema.json
      # Values of the micro-integrator chart for the environment prod, made by mi-patterns generate.
      # Do not edit: change mi-patterns.yaml and generate again.
      #
      # Made from:
      #   extra.car sha256:1
      #   services/orders sha256:2
      #
      # Deployed as:
      #   release orders, environment prod

      # Two tasks must run once.
      pattern: coordinated

      image:
        repository: acme/orders
        tag: "1.10"

      runtime:
        version: "4.6.0"

      env:
        REGION: "no"

      coordination:
        mode: isolate

      workloads:
        # api/OrderAPI keeps nothing between two requests, so any number of equal pods can serve it; they
        # share the load, and each can be replaced at any time.
        # Lost with a pod, and different in each: registry (API OrderAPI writes conf:last to the
        # registry.)
        integration:
          type: stateless
          replicas: 3
          ports:
            # inbound-endpoint/OrderSocket
            ws-9091:
              port: 9091
              protocol: ws
              expose: true
          # Clients of \`inbound-endpoint/OrderSocket\` must return to the same pod.
          sessionAffinity:
            type: ClientIP
        # task/recurringOrder_Task runs every 10 seconds in each pod that deploys it.
        # Lost with the pod: shared-directory (Task recurringOrder_Task uses the directory file:///in.)
        # Keep it with persistence, at the path that the artifact uses.
        recurring-order-task:
          type: stateful
          replicas: 1
          recovery: at-most-one
          artifacts:
            roles: [MiIsolatedRecurringOrderTask]
            stateful: [task/recurringOrder_Task]
          persistence:
            # Task recurringOrder_Task writes conf:last to the registry.
            registry:
              what: registry
              size: 1Gi
      "
    `);
    expect(sealState(text)).toBe('intact');
  });

  it('lets values win over files, and files over the plan; null takes a default away', () => {
    const { text } = writeValues(
      ordersPlan,
      environment({ values: { env: { A: 'values' }, service: { type: null } } }),
      { ...context, valuesFiles: [{ env: { A: 'file', B: 'file' } }, { workloads: { integration: { replicas: 9 } } }] },
      'v.yaml',
    );
    expect([
      valueAt(read(text), ['env']),
      valueAt(read(text), ['workloads', 'integration', 'replicas']),
      valueAt(read(text), ['service']),
    ]).toEqual([{ A: 'values', B: 'file' }, 9, { type: null }]);
  });

  it('gives a stateful workload a Service if it answers HTTP and is the only one that does', () => {
    const workloads = [
      workload({ name: 'integration', http: ['api/Orders'] }),
      workload({ name: 'numbers-api', type: 'stateful', http: ['api/Numbers'] }),
      workload({ name: 'nightly-task', type: 'stateful' }),
    ];
    const { text } = writeValues(plan({ workloads }), environment({}), context, 'v.yaml');
    expect(valueAt(read(text), ['workloads', 'numbers-api', 'service'])).toEqual({ enabled: true });
    expect(text).toContain('    # Only this workload answers HTTP for api/Numbers.\n    service:\n');
    expect(text.split('service:')).toHaveLength(2);
    const alike = plan({ workloads, coordination: 'database' });
    expect(writeValues(alike, environment({}), context, 'v.yaml').text).not.toContain('service:');
  });

  it('gives the reason of a recovery once, and points at it from the others', () => {
    const names = ['billing-task', 'cleanup-task', 'report-task'];
    const tasks = plan({ workloads: names.map((name) => workload({ name, type: 'stateful', replicas: 1 })) });
    const { text } = writeValues(tasks, environment({}), { ...context, guard: 'in-image' }, 'v.yaml');
    expect(text.replace(/\n +# /g, ' ').split('While the API server is away, the work stops.')).toHaveLength(2);
    expect(text.split('    # As for billing-task.\n    recovery: fenced')).toHaveLength(3);
  });

  it('tells what is wrong with overrides, in the file that it would write', () => {
    const { text, diagnostics } = writeValues(
      ordersPlan,
      environment({ values: { workloads: { 'recurring-order-task': { replicas: 'two' } }, ingres: {} } }),
      context,
      'v.yaml',
    );
    const lines = text.split('\n');
    expect(places(diagnostics).map((place) => place.replace(/^.* /, ''))).toEqual([
      'MI-VALUES-TYPE',
      'MI-VALUES-UNKNOWN-KEY',
    ]);
    expect(diagnostics.map(({ source }) => lines[(source?.line ?? 0) - 1]?.trim())).toEqual([
      'replicas: two',
      'ingres: {}',
    ]);
  });

  it.each([
    [[{ folder: 'cdc' }], { offsets: { what: 'offsets', size: '1Gi' } }],
    [
      [{ folder: '/data/cdc' }, { folder: 'cdc' }],
      {
        offsets: { what: 'offsets', mountPath: '/data/cdc', size: '1Gi' },
        'offsets-2': { what: 'offsets', size: '1Gi' },
      },
    ],
    // A folder that only the server knows, or in the middle of MI's home, is for a person to decide.
    [[{}], undefined],
    [[{ folder: 'conf/mine' }, { folder: 'cdc' }], undefined],
  ])('claims a volume for offset files in %j', (needs, expected) => {
    const workloads = ordersPlan.workloads.map((one) =>
      one.type === 'stateful'
        ? {
            ...one,
            persistence: needs.map((need) => ({ artifact: 'a', what: 'offsets' as const, because: 'Kept.', ...need })),
          }
        : one,
    );
    const { text, diagnostics } = writeValues({ ...ordersPlan, workloads }, environment(), context, 'v.yaml');
    expect(diagnostics).toEqual([]);
    expect(valueAt(read(text), ['workloads', 'recurring-order-task', 'persistence'])).toEqual(expected);
    expect(text.includes('Keep it with persistence')).toBe(expected === undefined);
  });

  it('writes no roles where each workload has its own archives', () => {
    const { text, diagnostics } = writeValues(
      { ...ordersPlan, delivery: 'archives' },
      environment(),
      {
        ...context,
        artifacts: { source: 'initCopy', initCopy: { select: ['*.car'] } },
        workloadArtifacts: { integration: { initCopy: { select: ['orders.car'] } } },
      },
      'v.yaml',
    );
    expect(diagnostics).toEqual([]);
    expect(text).not.toContain('roles');
    expect(valueAt(read(text), ['workloads', 'integration', 'artifacts'])).toEqual({
      initCopy: { select: ['orders.car'] },
    });
  });

  it('says of a state that it is lost where no volume keeps it, whoever mounts or removes one', () => {
    const lost = (values: Values): readonly string[] =>
      [
        ...writeValues(ordersPlan, environment({ values }), context, 'v.yaml').text.matchAll(
          /# Lost with the pod: (\S+)/g,
        ),
      ].map(([, what = '']) => what);
    const of = (persistence: Values): Values => ({ workloads: { 'recurring-order-task': { persistence } } });
    expect(lost({})).toEqual(['shared-directory']);
    expect(lost(of({ files: { existingClaim: 'c', mountPath: '/in' } }))).toEqual([]);
    expect(lost({ workloadDefaults: { extraVolumeMounts: { '/in': { name: 'files' } } } })).toEqual([]);
    expect(lost(of({ files: { existingClaim: 'c', mountPath: '/inn' } }))).toEqual(['shared-directory']);
    expect(lost(of({ registry: null }))).toEqual(['registry', 'shared-directory']);
  });

  it('does not depend on the order of the inputs', () => {
    const reversed = { ...context, inputs: context.inputs.toReversed() };
    expect(writeValues(ordersPlan, environment(), reversed, 'v.yaml')).toEqual(
      writeValues(ordersPlan, environment(), context, 'v.yaml'),
    );
  });

  it.each([
    plan({ pattern: 'single-replica', workloads: [workload({ name: 'integration', replicas: 1 })] }),
    plan({ pattern: 'multiple-replicas', workloads: [workload({ name: 'integration', replicas: 2 })] }),
    plan({
      pattern: 'coordinated',
      coordination: 'database',
      workloads: [workload({ name: 'integration', type: 'stateful', replicas: 3, stateful: ['task/x'] })],
    }),
  ])('writes valid values for $pattern', (each) => {
    const database =
      each.coordination === 'database' ? { coordination: { database: { url: 'jdbc:x', driver: 'x.Driver' } } } : {};
    expect(writeValues(each, environment({ values: database }), context, 'v.yaml').diagnostics).toEqual([]);
  });

  it('keeps every override as it was, whatever text it is and whatever the reasons say', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 12 }),
      fc.constantFrom('on', '0123', '1e3', '12:30', '~', '<<', 'a\nb\n', '512Mi'),
    );
    fc.assert(
      fc.property(
        fc.dictionary(fc.stringMatching(/^[A-Z_]{1,8}$/), text, { maxKeys: 4 }),
        fc.dictionary(text, text, { maxKeys: 3 }),
        text,
        (env, annotations, because) => {
          const reasoned = plan({ patternBecause: because, workloads: [workload({ name: 'integration', because })] });
          const written = writeValues(
            reasoned,
            environment({ values: { env, commonAnnotations: annotations } }),
            context,
            'v.yaml',
          );
          const value = read(written.text);
          expect(isMapping(value) ? [value['env'], value['commonAnnotations']] : value).toEqual(
            [env, annotations].map((each) => JSON.parse(JSON.stringify(each)) as unknown),
          );
          expect(written.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
          expect(sealState(written.text)).toBe('intact');
        },
      ),
      { numRuns: 200 },
    );
  });
});
