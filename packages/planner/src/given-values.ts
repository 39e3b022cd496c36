import {
  addTo,
  type Artifact,
  type ArtifactFacts,
  type GivenSettings,
  type Inventory,
  type Parameter,
} from '@mi-patterns/inventory';
import { listed } from './findings/finding.ts';

/**
 * The inventory with the values that environments give to parameters and triggers (`${configs.x}`, `$SYSTEM:x`,
 * `$FILE:x`): where each environment gives the same, that counts as if it stood in the file. Where they differ, the
 * parameter says so. To be asked once every environment is known.
 */
export function withGivenValues(inventory: Inventory): Inventory {
  const { given = [] } = inventory;
  if (given.length === 0) return inventory;
  return { ...inventory, artifacts: inventory.artifacts.map((artifact) => resolved(artifact, given)) };
}

function resolved(artifact: Artifact, given: readonly GivenSettings[]): Artifact {
  if (artifact.settings === undefined) return artifact;
  const { facts, variants } = artifact;
  return {
    ...artifact,
    facts: resolvedFacts(facts, given),
    ...(variants === undefined
      ? {}
      : { variants: variants.map((one) => ({ ...one, facts: resolvedFacts(one.facts, given) })) }),
  };
}

/** Message processors are not among the kinds in which MI resolves parameters (`MessageProcessorFactory`). */
function resolvedFacts(facts: ArtifactFacts, given: readonly GivenSettings[]): ArtifactFacts {
  switch (facts.kind) {
    case 'inbound-endpoint':
    case 'proxy-service':
    case 'message-store':
      return { ...facts, parameters: facts.parameters.map((parameter) => resolvedParameter(parameter, given)) };
    case 'task': {
      if (facts.trigger === undefined) return facts;
      const trigger = { ...facts.trigger };
      for (const name of ['interval', 'cron', 'count', 'once'] as const) {
        const value = outcomeOf(trigger[name], given);
        if (typeof value === 'string') trigger[name] = value;
      }
      return { ...facts, trigger };
    }
    default:
      return facts;
  }
}

function resolvedParameter(parameter: Parameter, given: readonly GivenSettings[]): Parameter {
  const { value: written } = parameter;
  const outcome = outcomeOf(written, given);
  if (outcome === undefined || written === undefined) return parameter;
  return typeof outcome === 'string' ? { ...parameter, value: outcome, written } : { ...parameter, ...outcome };
}

/** Only a whole value is resolved, and nothing within it (`ResolverFactory` of wso2/wso2-synapse). */
const resolving = /^(?:\$\{configs\.(\w+)\}|\$(SYSTEM|FILE):(\w+))$/;

/** The value that all environments give, or how they differ; undefined where one of them gives none that is known. */
function outcomeOf(
  written: string | undefined,
  given: readonly GivenSettings[],
): string | { readonly differs: string } | undefined {
  const found = written === undefined ? null : resolving.exec(written);
  if (found === null) return undefined;
  const [, configurable, place, name = configurable ?? ''] = found;
  const environments = new Map<string, string[]>();
  for (const one of given) {
    const value = valueIn(one, name, place);
    if (value === undefined) return undefined;
    addTo(environments, value, one.environment);
  }
  const [first] = environments.keys();
  if (environments.size <= 1) return first;
  const words = [...environments].map(([value, names]) => `${value} in ${listed(names)}`);
  return { differs: listed(words) };
}

/** What one environment gives to all of its pods: an environment variable before file.properties (`ConfigDeployer`). */
function valueIn(
  { everywhere, workloads }: GivenSettings,
  name: string,
  place: string | undefined,
): string | undefined {
  const isOwn = Object.values(workloads).some(
    ({ variables, properties }) => variables.includes(name) || properties.includes(name),
  );
  if (isOwn) return undefined;
  const { variables, properties } = everywhere.texts ?? { variables: {}, properties: {} };
  const isVariable = everywhere.variables.includes(name);
  const fromFile = isVariable || everywhere.open ? undefined : properties[name];
  if (place === 'FILE') return properties[name];
  return place === 'SYSTEM' ? variables[name] : (variables[name] ?? fromFile);
}
