import {
  addTo,
  type Artifact,
  compareSources,
  compareText,
  type GivenSettings,
  type Inventory,
  type SettingNames,
  type SettingRead,
  serverFilesOf,
} from '@mi-patterns/inventory';
import type { PlanDiagnostic, Workload } from '../model/plan.ts';
import { finding, listed } from '../findings/finding.ts';
import type { NeededSetting, SettingState } from '../model/readiness.ts';

/** What the readiness of a plan goes by. */
export interface SettingsInput {
  readonly inventory: Inventory;
  readonly workloads: readonly Workload[];
  /** Artifacts that are deployed, and whether each is in the pods of its own workload only. */
  readonly deployed: readonly { readonly artifact: Artifact; readonly isolated: boolean }[];
}

interface Draft {
  readonly from: SettingRead['from'];
  readonly name: string;
  secret: boolean;
  without: NeededSetting['without'];
  readonly artifacts: Set<string>;
  readonly sources: SettingRead['source'][];
  /** Undefined: every workload. */
  workloads: Set<string> | undefined;
  /** Undefined: every environment. */
  environments: Set<string> | undefined;
}

/**
 * Artifacts that MI resolves only when a flow uses them: seen on MI 4.3.0, which deploys them with an unset `$SYSTEM:`.
 * A template of sequences is not among them: MI builds the endpoints in it when it deploys it.
 */
function isResolvedInUse({ facts }: Artifact): boolean {
  return (
    facts.kind === 'local-entry' ||
    facts.kind === 'registry-resource' ||
    (facts.kind === 'template' && facts.endpoint === true)
  );
}

/**
 * Every setting that deployed artifacts and deployment.toml files read, by source and name, with the environments that
 * give it.
 */
export function neededSettings(input: SettingsInput): readonly NeededSetting[] {
  const drafts = new Map<string, Draft>();
  const isOfServer = serverFilesOf(input.inventory);
  const homes = new Map(input.workloads.flatMap(({ name, entryPoints }) => entryPoints.map((id) => [id, [name]])));
  for (const { artifact, isolated } of input.deployed) {
    const workloads = isolated ? (homes.get(artifact.id) ?? []) : undefined;
    for (const setting of artifact.settings ?? []) {
      const fails = setting.from === 'environment' || setting.from === 'file' || setting.atOnce === true;
      const atOnce = isOfServer(artifact) ? 'artifact-fails' : 'archive-fails';
      const without = fails && setting.lookup !== true && !isResolvedInUse(artifact) ? atOnce : 'flow-fails';
      add(drafts, setting, { without, artifact: artifact.id, workloads });
    }
  }
  const known = new Set((input.inventory.given ?? []).map(({ environment }) => environment));
  for (const { settings, environment, workload } of input.inventory.configurations) {
    // A file that was read is not what the chart delivers, unless the image brings it.
    if (environment === undefined || !known.has(environment)) continue;
    for (const setting of settings ?? [])
      add(drafts, setting, {
        without: 'server-fails',
        workloads: workload === undefined ? undefined : [workload],
        environment,
      });
  }
  const names = input.workloads.map(({ name }) => name);
  return [...drafts.values()]
    .toSorted((a, b) => compareText(a.from, b.from) || compareText(a.name, b.name))
    .map((draft) => needed(draft, input.inventory.given ?? [], names));
}

/** Variables that a container has without a word: of its runtime, and of Kubernetes. */
const inEachContainer: ReadonlySet<string> = new Set([
  'HOSTNAME',
  'HOME',
  'PATH',
  'KUBERNETES_SERVICE_HOST',
  'KUBERNETES_SERVICE_PORT',
]);

function add(
  drafts: Map<string, Draft>,
  setting: SettingRead,
  use: {
    readonly without: NeededSetting['without'];
    readonly artifact?: string;
    readonly workloads: readonly string[] | undefined;
    readonly environment?: string;
  },
): void {
  if ((setting.from === 'environment' || setting.from === 'configurable') && inEachContainer.has(setting.name)) return;
  const key = JSON.stringify([setting.from, setting.name, use.without === 'server-fails']);
  const known = drafts.get(key);
  const draft: Draft = known ?? {
    from: setting.from,
    name: setting.name,
    secret: false,
    without: use.without,
    artifacts: new Set(),
    sources: [],
    workloads: new Set(),
    environments: use.environment === undefined ? undefined : new Set(),
  };
  drafts.set(key, draft);
  draft.secret ||= setting.secret;
  if (use.without === 'archive-fails' || (use.without === 'artifact-fails' && draft.without === 'flow-fails'))
    draft.without = use.without;
  if (use.artifact !== undefined) draft.artifacts.add(use.artifact);
  draft.sources.push(setting.source);
  if (use.environment !== undefined) draft.environments?.add(use.environment);
  if (use.workloads === undefined) draft.workloads = undefined;
  else for (const name of use.workloads) draft.workloads?.add(name);
}

function needed(draft: Draft, given: readonly GivenSettings[], names: readonly string[]): NeededSetting {
  const { from, name, secret, without, artifacts, sources, workloads, environments } = draft;
  return {
    from,
    name,
    secret,
    without,
    artifacts: [...artifacts].toSorted(compareText),
    sources: distinct(sources),
    environments: given
      .filter(({ environment }) => environments?.has(environment) !== false)
      .map((one) => stateOf(draft, one, workloads === undefined ? names : [...workloads].toSorted(compareText))),
  };
}

function distinct(sources: readonly SettingRead['source'][]): readonly SettingRead['source'][] {
  const sorted = sources.toSorted(compareSources);
  return sorted.filter((source, index) => index === 0 || compareSources(source, sorted[index - 1]) !== 0);
}

function stateOf(setting: Draft, given: GivenSettings, workloads: readonly string[]): SettingState {
  const { environment } = given;
  if (setting.from === 'hashicorp-vault' && given.hashicorpVault)
    return { environment, state: 'unknown', workloads: [] };
  const states = workloads.map((workload) => ({
    workload,
    state: stateIn(setting, [given.everywhere, given.workloads[workload]]),
  }));
  const missing = states.filter(({ state }) => state === 'missing').map(({ workload }) => workload);
  if (missing.length > 0) return { environment, state: 'missing', workloads: missing };
  return { environment, state: states.some(({ state }) => state === 'unknown') ? 'unknown' : 'given', workloads: [] };
}

function stateIn({ from, name }: Draft, layers: readonly (SettingNames | undefined)[]): SettingState['state'] {
  const has = (names: 'variables' | 'properties' | 'aliases'): boolean =>
    layers.some((layer) => layer?.[names].includes(name) === true);
  const lack = layers.some((layer) => layer?.open === true) ? 'unknown' : 'missing';
  switch (from) {
    case 'environment':
      return has('variables') ? 'given' : lack;
    case 'file':
      return has('properties') ? 'given' : 'missing';
    case 'configurable':
      return has('variables') || has('properties') ? 'given' : lack;
    case 'vault':
      // The image may bring the vault's file, which lists the aliases.
      return has('aliases') ? 'given' : 'unknown';
    case 'hashicorp-vault':
      return 'missing';
  }
}

/**
 * One finding for each setting that an environment lacks. With `environment` only that one counts; without any
 * environment known each setting is a warning, since nobody had a place to give it yet.
 */
export function settingFindings(settings: readonly NeededSetting[], environment?: string): readonly PlanDiagnostic[] {
  return settings.flatMap((setting) => {
    const states = setting.environments.filter(
      (state) => environment === undefined || state.environment === environment,
    );
    const lacking = states.filter(({ state }) => state === 'missing');
    const undeclared = isUndeclared(setting);
    if (states.length > 0 && lacking.length === 0 && !undeclared) return [];
    if (states.length === 0 && (setting.from === 'vault' || environment !== undefined)) return [];
    const [source, ...related] = setting.sources;
    return [
      finding(codeOf(setting.from), {
        severity: severityOf(setting, lacking.length > 0),
        message: `${readers(setting)} ${what(setting)}, which ${undeclared ? 'no config.properties declares' : lackingWhere(lacking)}: ${consequences[setting.without](setting)}`,
        hint: undeclared
          ? `Add the line \`${setting.name}:string\` to src/main/wso2mi/resources/conf/config.properties; MI reads no other configurables.`
          : hintOf(setting),
        source,
        related,
        artifacts: setting.artifacts,
      }),
    ];
  });
}

/** MI gives values to declared configurables alone (ConfigDeployer.java of wso2/product-integrator-mi). */
function isUndeclared({ from, artifacts }: NeededSetting): boolean {
  return from === 'configurable' && !artifacts.some((artifact) => artifact.startsWith('property-file/'));
}

function severityOf({ from, without }: NeededSetting, configured: boolean): 'error' | 'warning' {
  const fails = without === 'server-fails' || (without !== 'flow-fails' && from !== 'configurable');
  return configured && fails ? 'error' : 'warning';
}

function readers({ artifacts }: NeededSetting): string {
  if (artifacts.length === 0) return 'deployment.toml reads';
  return `${listed(artifacts, 5)} ${artifacts.length === 1 ? 'reads' : 'read'}`;
}

const kinds: Readonly<Record<SettingRead['from'], string>> = {
  environment: 'the environment variable',
  file: 'the property',
  configurable: 'the configurable',
  vault: 'the alias of the secure vault',
  'hashicorp-vault': 'the HashiCorp Vault secret',
};

function what({ from, name }: NeededSetting): string {
  return `${kinds[from]} ${name}${from === 'file' ? ' of file.properties' : ''}`;
}

function lackingWhere(lacking: readonly SettingState[]): string {
  if (lacking.length === 0) return 'no environment sets yet';
  const byWorkloads = new Map<string, SettingState[]>();
  for (const state of lacking) {
    const workloads = listed(state.workloads, 3);
    addTo(byWorkloads, workloads, state);
  }
  return [...byWorkloads]
    .map(([workloads, states]) => {
      const names = states.map(({ environment }) => environment);
      return names.length === 1
        ? `the environment ${names[0]} does not set (${workloads})`
        : `the environments ${listed(names, 5)} do not set (${workloads})`;
    })
    .join(' and ');
}

const flowFailures: Readonly<Partial<Record<SettingRead['from'], string>>> = {
  configurable: 'MI logs an error, and a flow that uses it fails.',
  environment: 'the flow that uses it fails, or gets the name instead of the value.',
};

const consequences: Readonly<Record<NeededSetting['without'], (setting: NeededSetting) => string>> = {
  'archive-fails': () => 'without it, MI undeploys the whole archive, and no pod that has the archive becomes ready.',
  'artifact-fails': () => 'without it, MI starts without the artifact.',
  'server-fails': () => 'without it, the server does not start.',
  'flow-fails': (setting) =>
    (isUndeclared(setting) ? undefined : flowFailures[setting.from]) ?? 'the flow that uses it fails.',
};

/**
 * The entry of the values that gives a setting: the block it belongs into and its line, with an empty value to fill in.
 */
export function settingEntry(
  { from, name, secret }: NeededSetting,
  secretName: string,
): { readonly block: 'env' | 'properties'; readonly line: string } {
  // MI reads `$FILE:` from the file alone; a configurable may come from either.
  if (from === 'file') return { block: 'properties', line: `${name}: ""` };
  if (secret) return { block: 'env', line: `${name}: {secretKeyRef: {name: ${secretName}, key: ${name}}}` };
  return { block: from === 'environment' ? 'env' : 'properties', line: `${name}: ""` };
}

function hintOf(setting: NeededSetting): string {
  if (setting.from === 'hashicorp-vault') return 'Set `hashicorpVault` under `values` in mi-patterns.yaml.';
  if (setting.from === 'vault') return 'Add the alias to `deploymentToml.secrets` under `values` in mi-patterns.yaml.';
  const { block, line } = settingEntry(setting, 'NAME-OF-THE-SECRET');
  // An empty value that is copied would count as set.
  return `Set it under \`values\` in mi-patterns.yaml: \`${block}: {${line.replace('""', '…')}}\`.`;
}

function codeOf(from: Draft['from']): 'MI-READY-CONFIGURABLE' | 'MI-READY-VAULT' | 'MI-READY-SETTING' {
  if (from === 'configurable') return 'MI-READY-CONFIGURABLE';
  return from.endsWith('vault') ? 'MI-READY-VAULT' : 'MI-READY-SETTING';
}
