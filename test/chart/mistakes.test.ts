import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findTool, run } from '@mi-patterns/helm';
import { describe, expect, it } from 'vitest';
import { toolFolder } from '../../scripts/lib/tools.ts';
import { chart } from '../support/command.ts';
import { chartSchema, isObject, schemaNodes } from './values-paths.ts';

/**
 * What people write by habit from other charts or from Kubernetes, and the one line of helm's own report that says
 * where and why.
 */
const mistakes: readonly (readonly [values: string, report: string])[] = [
  ['replicaCount: 3', "properties 'workloadDefaults.replicas' required, if 'replicaCount' exists"],
  ['resources: {limits: {memory: 2Gi}}', "properties 'workloadDefaults.resources' required, if 'resources' exists"],
  ['envFrom: []', "properties 'workloadDefaults.envFrom' required, if 'envFrom' exists"],
  ['livenessProbe: {}', "properties 'workloadDefaults.probes.liveness' required, if 'livenessProbe' exists"],
  ['extraDeploy: []', "properties 'extraObjects.NAME' required, if 'extraDeploy' exists"],
  // Of WSO2's own chart.
  ['containerRegistry: r', "properties 'image.registry' required, if 'containerRegistry' exists"],
  ['wso2: {}', "properties 'keys of this chart (README, section about helm-mi)' required, if 'wso2' exists"],
  ['ingress: {tlsSecret: a}', "properties 'ingress.hosts.NAME.tlsSecret' required, if 'tlsSecret' exists"],
  ['icp: {icpUrl: a}', "properties 'icp.url' required, if 'icpUrl' exists"],
  ['gateway: {gatewayName: a}', "properties 'gateway.parentRefs.NAME' required, if 'gatewayName' exists"],
  ['envs: {}', "properties 'env.NAME' required, if 'envs' exists"],
  ['pdb: {}', "properties 'workloadDefaults.disruptionBudget' required, if 'pdb' exists"],
  ['patern: coordinated', "at '': additional properties 'patern' not allowed"],
  ['pattern: multi', "at '/pattern': value must be one of 'single-replica', 'multiple-replicas', 'coordinated'"],
  ['image: {tag: 1.2}', "at '/image/tag': got number, want null or string"],
  ['workloads: {a: {replicas: "3"}}', "at '/workloads/a/replicas': got string, want null or integer"],
  ['workloads: {a: {recovery: fence}}', "value must be one of 'respawn', 'at-most-one', 'fenced'"],
  ['workloads: {A_b: {}}', "at '/workloads': additional properties 'A_b' not allowed"],
  ['workloads: {a: {ports: {ws: {port: "9091", protocol: ws}}}}', "at '/workloads/a/ports/ws/port': got string"],
  ['workloads: {a: {persistence: {d: {size: 1GB}}}}', "at '/workloads/a/persistence/d/size': '1GB' does not match"],
  ['workloads: {a: {persistence: {d: {size: 1Gi, mountPath: d}}}}', "/persistence/d/mountPath': 'd' does not match"],
  ['workloads: {a: {artifacts: {stateful: [Nightly]}}}', "/artifacts/stateful/0': 'Nightly' does not match pattern"],
  ['workloadDefaults: {heap: {max: 512m}}', "/heap/max': '512m' does not match pattern '^[1-9][0-9]*(Mi|Gi)$'"],
  ['workloadDefaults: {resources: {limits: {memory: 2GB}}}', "/limits/memory': '2GB' does not match pattern"],
  [
    'workloadDefaults: {autoscaling: {metrics: {rps: 50}}}',
    "/autoscaling/metrics/rps': got number, want null or object",
  ],
  ['workloadDefaults: {tolerations: {key: a}}', "at '/workloadDefaults/tolerations': got object, want null or array"],
  ['workloadDefaults: {extraVolumeMounts: {/a: {name: 5}}}', "/extraVolumeMounts/~1a/name': got number, want string"],
  ['workloadDefaults: {extraVolumes: {a: tmp}}', "at '/workloadDefaults/extraVolumes/a': got string"],
  ['env: [{name: A, value: b}]', "at '/env': got array, want null or object"],
  [
    'env: {A: {valueFrom: {}}}',
    "properties 'variable.secretKeyRef', 'variable.configMapKeyRef' required, if 'valueFrom' exists",
  ],
  [
    'workloadDefaults: {topologySpreadConstraints: []}',
    "properties 'workload.topologySpread.constraints' required, if 'topologySpreadConstraints' exists",
  ],
  [
    'workloads: {a: {initContainers: []}}',
    "properties 'workload.extraInitContainers' required, if 'initContainers' exists",
  ],
  ['env: {A: {secretKeyRef: {name: db}}}', "at '/env/A/secretKeyRef': missing property 'key'"],
  [
    'files: {a.xml: {text: a, secret: {name: a, key: b}}}',
    'workloads.integration.files["a.xml"]: The entry has several sources: secret, text. Keep one source.',
  ],
  ['trustedCertificates: {icp: {secret: icp}}', "at '/trustedCertificates/icp/secret': "],
  ['externalSecrets: {db: {store: vault, data: {}}}', "at '/externalSecrets/db/store': got string, want object"],
  ['commonLabels: {cost: 4711}', "at '/commonLabels/cost': got number, want null or string"],
  ['ingress: {hosts: {a.example.com: {paths: ["/"]}}}', "at '/ingress/hosts/a.example.com/paths': got array"],
  ['ingress: {tls: [{secretName: a}]}', "at '/ingress': additional properties 'tls' not allowed"],
  ['deploymentToml: {system: [a]}', "at '/deploymentToml/system': got array, want null or object"],
  [
    'deploymentToml: {keystore: {primary: x}}',
    "at '/deploymentToml/keystore/primary': got string, want null or object",
  ],
  ['networkPolicy: {clients: {a: {ipBlock: 10.0.0.0/8}}}', "at '/networkPolicy/clients/a/ipBlock': got string"],
  ['route: {tls: {termination: re-encrypt}}', "value must be one of 'edge', 'reencrypt', 'passthrough'"],
  ['extraObjects: {quota: {kind: ResourceQuota}}', "at '/extraObjects/quota': missing property 'apiVersion'"],
];

const helm3 = join(toolFolder(), 'helm3');
const versions = [(await findTool('helm')).command, ...(existsSync(helm3) ? [[helm3]] : [])];

async function reportOf(program: readonly string[], values: string): Promise<string> {
  const args = ['template', 'orders', chart, '--kube-version', '1.35.0', '--values', '-'];
  return (await run([...program, ...args], { input: values, expectedExitCodes: [1] })).stderr;
}

describe("helm's own report", () => {
  it.each(mistakes)('of %s names the place and the reason', async (values, report) => {
    for (const text of await Promise.all(versions.map((version) => reportOf(version, values)))) {
      expect(text).toContain(report);
      // Reasons of one place stand together under `validation failed`.
      expect(text).not.toMatch(/'(anyOf|oneOf)' failed|propertyName|validation failed(?!\n  - at)/);
    }
  });

  it('is never one of alternatives, and of no rule for which helm names the wrong place', () => {
    const keywords = ['anyOf', 'oneOf', 'propertyNames', 'not', 'if'];
    expect(schemaNodes().filter(({ node }) => keywords.some((keyword) => keyword in node))).toEqual([]);
  });
});

describe('keys that other charts have elsewhere', () => {
  const dependencies = chartSchema.dependencies as Readonly<Record<string, readonly string[]>>;
  const top = Object.keys(isObject(chartSchema.properties) ? chartSchema.properties : {});
  const paths = new Set(schemaNodes().map(({ path }) => path.replace(/^workloads\.\*/, 'workloadDefaults')));

  it('lead to a place that there is, and are none of ours', () => {
    expect(
      Object.values(dependencies)
        .flat()
        .filter((path) => !path.includes('README') && !paths.has(path.replace('NAME', '*'))),
    ).toEqual([]);
    expect(Object.keys(dependencies).filter((key) => top.includes(key))).toEqual([]);
  });

  it('lead to a place that there is below the top, too', () => {
    const nested = schemaNodes().filter(({ node, path }) => path !== '' && isObject(node.dependencies));
    const wrong = nested.flatMap(({ node, path }) =>
      Object.values(node.dependencies as Readonly<Record<string, readonly string[]>>)
        .flat()
        .filter((place) => {
          const [first = '', ...rest] = place.replace('NAME', '*').split('.');
          const whole = first !== path.split('.').at(-1) && top.includes(first);
          const lead = whole ? first : path;
          return !paths.has([lead, ...rest].join('.').replace(/^workloads\.\*/, 'workloadDefaults'));
        }),
    );
    expect(wrong).toEqual([]);
    expect(nested.length).toBeGreaterThan(4);
  });

  it('lead to the same place from inside a workload', () => {
    const { dependencies: inside } = schemaNodes().find(({ path }) => path === 'workloadDefaults')?.node ?? {};
    const own = new Set([...paths].flatMap((path) => /^workloadDefaults\.(\w+)$/.exec(path)?.[1] ?? []));
    const expected = Object.entries(dependencies).flatMap(([key, places]) =>
      own.has(key) || !places.some((place) => place.startsWith('workloadDefaults.'))
        ? []
        : [[key, places.map((place) => place.replace(/^workloadDefaults/, 'workload'))] as const],
    );
    expect(inside).toMatchObject(Object.fromEntries(expected));
    expect(expected.length).toBeGreaterThan(10);
  });

  it('are at least all that a workload has', () => {
    const ofWorkload = [...paths].flatMap((path) => /^workloadDefaults\.(\w+)$/.exec(path)?.[1] ?? []);
    expect(ofWorkload.filter((key) => !top.includes(key) && !(key in dependencies))).toEqual([]);
    expect(ofWorkload.length).toBeGreaterThan(40);
  });
});
