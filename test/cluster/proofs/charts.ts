import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments, stringify } from 'yaml';
import { coordinatedArguments } from '../images/postgres.ts';
import { commandIn } from './command.ts';
import { counterAddress } from './tools.ts';
import type { Target } from './target.ts';

/** What a release is meant to be, in words that both charts can be asked for. */
export interface Intent {
  readonly image: { readonly repository: string; readonly tag: string };
  /** Version in the name of MI's home folder. */
  readonly version: string;
  /** Version of the archive that is mounted, where the image has none. */
  readonly mountedArchive?: string;
  /** Pods of the stateless workload. */
  readonly replicas: number;
  /** A task in a workload of its own, beside the stateless one; without it there is only the stateless one. */
  readonly isolatedTask?: IsolatedTask;
  /** A task in the one workload of a single replica. */
  readonly ownTask?: Pick<IsolatedTask, 'name' | 'role'> & Partial<IsolatedTask>;
  /** A task that all pods have, which agree through a database who runs it; our chart only. */
  readonly databaseTask?: {
    readonly role: string;
    readonly url: string;
    readonly driver: string;
    readonly user: string;
  };
  /** A setting that changes the configuration and nothing else. */
  readonly setting?: string;
  readonly autoscaling?: { readonly from: number; readonly to: number; readonly cpu: number };
  readonly environment?: Readonly<Record<string, string>>;
  /** Annotations of all objects; our chart only. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** deployment.toml that keeps MI from starting: it names an environment variable that is nowhere set. */
  readonly brokenConfiguration?: boolean;
}

export interface IsolatedTask {
  readonly name: string;
  readonly role: string;
  readonly recovery: Recovery;
  /** A second pod on another node waits to take over; only for recovery fenced. */
  readonly standby?: 'cold';
  /** Image of lease-guard, for recovery fenced. */
  readonly guard?: string;
}

export type Recovery = 'respawn' | 'at-most-one' | 'fenced';

export interface ChartUnderTest {
  readonly id: 'mi-patterns' | 'helm-mi';
  readonly version: string;
  /**
   * Installs or updates and waits until it is done; throws with Helm's words when it does not get there in `seconds`.
   */
  readonly apply: (target: Target, namespace: string, intent: Intent, seconds: number) => Promise<void>;
  /** The objects of the release as files, made without a cluster. Our chart only. */
  readonly render?: (target: Target, namespace: string, intent: Intent) => Promise<string>;
  /** The same without helm in the cluster, by the files of {@link render} before and after. Our chart only. */
  readonly applyRendered?: (
    target: Target,
    namespace: string,
    files: { readonly before: string; readonly after: string },
    seconds: number,
  ) => Promise<void>;
  /** The same by `mi-patterns rollout`, whose planner makes the workloads from the test archive. Our chart only. */
  readonly rollOut?: (target: Target, namespace: string, intent: Intent, seconds: number) => Promise<void>;
  readonly remove: (target: Target, namespace: string) => Promise<void>;
  /** Label selectors of the pods. */
  readonly stateless: string;
  readonly isolated: string;
  readonly url: (namespace: string, path: string) => string;
}

const root = join(import.meta.dirname, '..', '..', '..');
export const release = 'proof';
/** Processor share that an autoscaler measures by: small, so that some requests a second are a load. */
const autoscaledRequest = '100m';
/** Workload that the planner makes for the task of the test archive. */
const plannedWorkload = 'recurring-task';
const serverRoles = 'EnterpriseIntegrator,EnterpriseServiceBus,DataServicesServer';

const chartVersion = (folder: string): string =>
  /^version: (\S+)/m.exec(readFileSync(join(folder, 'Chart.yaml'), 'utf8'))?.[1] ?? 'without a version';

async function helmUpgrade(
  target: Target,
  name: string,
  chart: string,
  namespace: string,
  values: object,
  seconds: number,
  folder: string,
): Promise<void> {
  const file = join(folder, `${name}-${Date.now().toString(36)}.yaml`);
  writeFileSync(file, stringify(values));
  await target.helm(
    'upgrade',
    '--install',
    name,
    chart,
    '--namespace',
    namespace,
    '--create-namespace',
    '--values',
    file,
    '--wait',
    '--timeout',
    `${seconds}s`,
  );
}

interface Rendered {
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

/** The objects of a release as files: no hooks, no look at the cluster. */
const template = (target: Target, namespace: string, chart: string, values: string): Promise<string> =>
  target.helm('template', release, chart, '--namespace', namespace, '--values', values, '--no-hooks', '--skip-tests');

/**
 * Changes a release by its rendered files alone: every object applied by the server, and what is no longer among them
 * deleted at the end.
 */
async function applyRendered(
  target: Target,
  namespace: string,
  { before, after }: { readonly before: string; readonly after: string },
  work: { readonly folder: string; readonly seconds: number },
): Promise<void> {
  const objects = (text: string): Rendered[] =>
    parseAllDocuments(text).flatMap((one) => (one.toJS() as Rendered | null) ?? []);
  const manifest = join(work.folder, `rendered-${Date.now().toString(36)}.yaml`);
  writeFileSync(manifest, after);
  await target.kubectl(
    'apply',
    '--server-side',
    '--force-conflicts',
    '--field-manager',
    'helm', // who made the objects: another manager would leave theirs beside its own
    '--namespace',
    namespace,
    '--filename',
    manifest,
  );
  const nameOf = ({ kind, metadata }: Rendered): string => `${kind}/${metadata.name}`;
  const kept = new Set(objects(after).map(nameOf));
  for (const gone of objects(before)
    .map(nameOf)
    .filter((name) => !kept.has(name)))
    await target.kubectl('delete', gone, '--namespace', namespace, '--wait=false', '--ignore-not-found');
  const deployments = objects(after).filter(({ kind }) => kind === 'Deployment');
  for (const deployment of deployments.map(nameOf))
    await target.kubectl('rollout', 'status', deployment, '--namespace', namespace, `--timeout=${work.seconds}s`);
}

/**
 * Configuration of `mi-patterns` for a release with one workload, or with the task in one of its own as the planner
 * makes it.
 */
async function configuration(
  target: Target,
  namespace: string,
  intent: Intent,
  { chart, folder, seconds }: { readonly chart: string; readonly folder: string; readonly seconds: number },
): Promise<object> {
  const [registry, ...repository] = intent.image.repository.split('/');
  const single = intent.isolatedTask === undefined;
  return {
    artifacts: [join(folder, `proof-${intent.image.tag}.car`)],
    release,
    context: (await target.kubectl('config', 'current-context')).trim(),
    chart: { path: chart },
    image: { registry, repository: repository.join('/'), tag: intent.image.tag },
    runtime: { version: intent.version },
    timeout: `${seconds}s`,
    environments: {
      live: { namespace, pattern: single ? 'single-replica' : 'coordinated', replicas: intent.replicas },
    },
    values: {
      env: { TICK_COUNTER: counterAddress, ...intent.environment },
      ...guardOf(intent),
      ...(single ? { workloads: { integration: { recovery: intent.ownTask?.recovery } } } : {}),
    },
  };
}

const guardOf = ({ isolatedTask, ownTask }: Intent): object => {
  const image = isolatedTask?.guard ?? ownTask?.guard;
  return image === undefined ? {} : { fencing: { image } };
};

const patternOf = ({ isolatedTask, databaseTask, replicas, autoscaling }: Intent): string => {
  if (isolatedTask !== undefined || databaseTask !== undefined) return 'coordinated';
  return replicas === 1 && autoscaling === undefined ? 'single-replica' : 'multiple-replicas';
};

/** The values of this project's chart for what a release is meant to be. */
function ownValues(intent: Intent): object {
  const { brokenConfiguration, annotations, setting, isolatedTask } = intent;
  const [registry, ...repository] = intent.image.repository.split('/');
  return {
    pattern: patternOf(intent),
    image: { registry, repository: repository.join('/'), tag: intent.image.tag },
    runtime: { version: intent.version },
    ...mountedArchiveOf(intent),
    ...(brokenConfiguration === true ? { deploymentToml: { server: { hostname: '$env{NOWHERE_SET}' } } } : {}),
    ...(annotations === undefined ? {} : { commonAnnotations: annotations }),
    ...(setting === undefined ? {} : { properties: { setting } }),
    env: { TICK_COUNTER: counterAddress, ...intent.environment },
    ...guardOf(intent),
    ...coordinationOf(intent),
    workloads: {
      integration: integrationOf(intent),
      ...(isolatedTask === undefined
        ? {}
        : { [plannedWorkload]: { type: 'stateful', ...recoveryOf(isolatedTask), ...deploying(isolatedTask) } }),
    },
  };
}

const mountedArchiveOf = ({ mountedArchive }: Intent): object => {
  if (mountedArchive === undefined) return {};
  const archives = { 'proof.car': { name: `proof-archive-${mountedArchive}`, key: 'proof.car' } };
  return { artifacts: { source: 'configMap', configMap: { archives } } };
};

const coordinationOf = ({ databaseTask }: Intent): object => {
  if (databaseTask === undefined) return {};
  const { url, driver, user: username } = databaseTask;
  return { coordination: { mode: 'database', database: { url, driver, username, resolver: 'round-robin' } } };
};

/** The workload that scales, or has the one pod of a single replica. */
const integrationOf = ({ ownTask, databaseTask, autoscaling, replicas }: Intent): object => ({
  type: ownTask === undefined ? 'stateless' : 'stateful',
  ...(databaseTask === undefined
    ? {}
    : { artifacts: { roles: [databaseTask.role] }, jvm: { arguments: [...coordinatedArguments] } }),
  ...(ownTask === undefined ? {} : { ...deploying(ownTask), ...recoveryOf(ownTask) }),
  ...(autoscaling === undefined
    ? { replicas }
    : {
        autoscaling: {
          enabled: true,
          minReplicas: autoscaling.from,
          maxReplicas: autoscaling.to,
          targetCpuUtilization: autoscaling.cpu,
        },
        resources: { requests: { cpu: autoscaledRequest } },
      }),
});

const deploying = ({ role, name }: Pick<IsolatedTask, 'role' | 'name'>): object => ({
  artifacts: { roles: [role], stateful: [`task/${name}`] },
});

const recoveryOf = ({ recovery, standby }: Partial<IsolatedTask>): object => ({
  ...(recovery === undefined ? {} : { recovery }),
  ...(standby === undefined ? {} : { standby }),
});

/** This project's chart, from `chart` or this checkout. `folder` takes the values files that are used. */
export function ownChart(folder: string, chart = join(root, 'charts', 'micro-integrator')): ChartUnderTest {
  const selector = (workload: string): string =>
    `app.kubernetes.io/instance=${release},app.kubernetes.io/component=${workload}`;
  return {
    id: 'mi-patterns',
    version: chartVersion(chart),
    apply: (target, namespace, intent, seconds) =>
      helmUpgrade(target, release, chart, namespace, ownValues(intent), seconds, folder),
    render: (target, namespace, intent) => {
      const file = join(folder, `rendered-${Date.now().toString(36)}.values.yaml`);
      writeFileSync(file, stringify(ownValues(intent)));
      return template(target, namespace, chart, file);
    },
    applyRendered: (target, namespace, files, seconds) => applyRendered(target, namespace, files, { folder, seconds }),
    rollOut: async (target, namespace, intent, seconds) => {
      const project = join(folder, 'project');
      mkdirSync(project, { recursive: true });
      writeFileSync(
        join(project, 'mi-patterns.yaml'),
        stringify(await configuration(target, namespace, intent, { chart, folder, seconds })),
      );
      const answer = await (await commandIn(project, target))(['rollout', '--yes', '--env', 'live']);
      if (answer.exitCode !== 0)
        throw new Error(`rollout ended with ${answer.exitCode}:\n${answer.stdout}\n${answer.stderr}`);
    },
    remove: async (target, namespace) =>
      void (await target.helm('uninstall', release, '--namespace', namespace, '--ignore-not-found')),
    stateless: selector('integration'),
    isolated: selector(plannedWorkload),
    url: (namespace, path) => `https://${release}-integration.${namespace}.svc.cluster.local:8253${path}`,
  };
}

/**
 * WSO2's chart, from a folder that holds it, with its own defaults but for what this machine needs: no gateway, no
 * AppArmor. It knows one workload a release, so an isolated task is a second release with one replica, which is what
 * MI's documentation advises; the role filter is given by its `cmdArgs`.
 */
export function officialChart(chart: string, folder: string): ChartUnderTest {
  const values = (
    intent: Intent,
    part: 'stateless' | 'isolated',
    role = (part === 'isolated' ? intent.isolatedTask : intent.ownTask)?.role,
  ): object => ({
    containerRegistry: intent.image.repository.split('/')[0],
    wso2: {
      gatewayAPI: { enabled: false },
      config: {
        icp: { enabled: false }, // without it the chart does not render
        admin: {
          ...(intent.brokenConfiguration === true ? { createAdminAccount: '"$env{NOWHERE_SET}"' } : {}), // written without quotes
          ...(intent.setting === undefined ? {} : { username: `admin-${intent.setting}` }),
        },
      },
      deployment: {
        image: { repository: intent.image.repository.split('/').slice(1).join('/'), tag: intent.image.tag },
        BuildVersion: intent.version,
        securityContext: { apparmor: false },
        replicas: part === 'isolated' ? 1 : intent.replicas,
        envs: { TICK_COUNTER: counterAddress, ...intent.environment },
        ...(role === undefined ? {} : { cmdArgs: [`-DserverRoles=${serverRoles},${role}`] }),
        ...(intent.autoscaling === undefined || part === 'isolated'
          ? {}
          : {
              hpa: {
                enabled: true,
                minReplicas: intent.autoscaling.from,
                maxReplicas: intent.autoscaling.to,
                cpuUtilizationPercentage: intent.autoscaling.cpu,
              },
              resources: { requests: { cpu: autoscaledRequest } },
            }),
      },
    },
  });
  const second = `${release}-task`;
  return {
    id: 'helm-mi',
    version: chartVersion(chart),
    apply: async (target, namespace, intent, seconds) => {
      const parts = [helmUpgrade(target, release, chart, namespace, values(intent, 'stateless'), seconds, folder)];
      if (intent.isolatedTask !== undefined)
        parts.push(helmUpgrade(target, second, chart, namespace, values(intent, 'isolated'), seconds, folder));
      else
        parts.push(
          target.helm('uninstall', second, '--namespace', namespace, '--ignore-not-found').then(() => undefined),
        );
      await Promise.all(parts);
    },
    remove: async (target, namespace) => {
      for (const name of [release, second])
        await target.helm('uninstall', name, '--namespace', namespace, '--ignore-not-found');
    },
    stateless: `deployment=cloud-${release}`,
    isolated: `deployment=cloud-${second}`,
    url: (namespace, path) => `https://cloud-${release}.${namespace}.svc.cluster.local:8253${path}`,
  };
}

/** Folder of WSO2's chart beside this checkout, or what MI_PATTERNS_SHARED names; `undefined` when it is not there. */
export function officialChartFolder(): string | undefined {
  const folder = join(process.env.MI_PATTERNS_SHARED ?? join(root, '..', 'shared'), 'peers', 'helm-mi', 'mi');
  return existsSync(folder) ? folder : undefined;
}
