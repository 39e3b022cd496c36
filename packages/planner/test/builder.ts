import {
  type Application,
  type Artifact,
  type ArtifactFacts,
  type ArtifactKind,
  compareSources,
  compareText,
  type Effect,
  type Inventory,
  type Parameter,
  type Reference,
  type Relation,
  type ServerConfiguration,
  type SettingRead,
  type Source,
} from '@mi-patterns/inventory';
import { plan } from '../src/plan.ts';
import type { Plan, PlanOptions } from '../src/model/plan.ts';

/** One artifact of a hand-made inventory; what is left out is what the simplest artifact of the kind has. */
export interface Part {
  readonly facts?: Partial<ArtifactFacts> & Record<string, unknown>;
  readonly parameters?: Readonly<Record<string, string | { readonly key: string }>>;
  readonly effects?: readonly (Pick<Effect, 'type'> & Partial<Effect>)[];
  readonly settings?: readonly Pick<SettingRead, 'from' | 'name' | 'lookup' | 'atOnce'>[];
  readonly applications?: readonly string[];
  readonly redefined?: true;
  /** Targets by relation; `?name` is dynamic, `!id` is missing, `=id` is builtin. */
  readonly refs?: Readonly<Partial<Record<Relation, readonly string[]>>>;
  /** What each of its references says of itself. */
  readonly as?: Pick<Partial<Reference>, 'via' | 'always' | 'method'>;
}

export function source(path: string, line = 1): Source {
  return { path, line, column: 1 };
}

const file = (id: string): string => `src/${id}.xml`;

function parametersOf(id: string, written: Part['parameters']): Parameter[] {
  return Object.entries(written ?? {}).map(([name, value], position) => ({
    name,
    ...(typeof value === 'string' ? { value } : { key: value.key }),
    source: source(file(id), 10 + position),
  }));
}

/** What the listener of the vfs transport asks of a service before it polls for it. */
export const polls = { 'transport.vfs.FileURI': 'file:///in', 'transport.vfs.ContentType': 'text/plain' };

export const forwarding = 'org.apache.synapse.message.processor.impl.forwarder.ScheduledMessageForwardingProcessor';
export const jdbcStore = 'org.apache.synapse.message.store.impl.jdbc.JDBCMessageStore';

function factsOf(id: string, kind: ArtifactKind, part: Part): ArtifactFacts {
  const parameters = parametersOf(id, part.parameters);
  const simplest: Partial<Record<ArtifactKind, object>> = {
    api: { context: `/${id}`, bindsTo: [] },
    'proxy-service': { transports: ['http', 'https'], pinnedServers: [], startOnLoad: true, parameters },
    task: {
      class: 'org.apache.synapse.startup.tasks.MessageInjector',
      properties: [],
      pinnedServers: [],
      trigger: { interval: '60', source: source(file(id), 2) },
    },
    'message-processor': { class: forwarding, messageStore: 'store', targetEndpoint: 'out', parameters },
    'message-store': { parameters },
    'inbound-endpoint': { suspend: false, parameters },
    endpoint: { addresses: [] },
    'data-service': { boxcarring: false },
    library: { role: 'other', classes: [] },
    'property-file': { keys: [] },
    unsupported: { type: '' },
  };
  const merged: Record<string, unknown> = { kind, ...simplest[kind], ...part.facts };
  for (const key of Object.keys(merged)) if (merged[key] === undefined) delete merged[key];
  return merged as unknown as ArtifactFacts;
}

/**
 * Makes an inventory from `kind/name` → part. Every artifact is delivered by the application `app_1` unless it says
 * otherwise.
 */
export function inventory(
  parts: Readonly<Record<string, Part>>,
  more: {
    readonly applications?: readonly Partial<Application>[];
    readonly configurations?: readonly Partial<ServerConfiguration>[];
    readonly given?: Inventory['given'];
    readonly environmentVersions?: Inventory['environmentVersions'];
    readonly images?: Inventory['images'];
    readonly diagnostics?: Inventory['diagnostics'];
  } = {},
): Inventory {
  const references: Reference[] = [];
  const artifacts = Object.entries(parts).map(([id, part]): Artifact => {
    const [kind, name] = [id.slice(0, id.indexOf('/')) as ArtifactKind, id.slice(id.indexOf('/') + 1)];
    let line = 30;
    for (const [relation, targets] of Object.entries(part.refs ?? {})) {
      for (const target of targets) {
        const state = ({ '?': 'dynamic', '!': 'missing', '=': 'builtin' } as const)[target.charAt(0)] ?? 'resolved';
        references.push({
          from: id,
          to: state === 'resolved' ? target : target.slice(1),
          via: `${relation}/@key`,
          relation: relation as Relation,
          state,
          ...part.as,
          source: source(file(id), line++),
        });
      }
    }
    return {
      id,
      kind,
      name,
      version: '',
      source: source(file(id)),
      applications: part.applications ?? ['app_1'],
      facts: factsOf(id, kind, part),
      effects: (part.effects ?? []).map((effect, position) => ({
        subject: '',
        dynamic: false,
        source: source(file(id), 50 + position),
        ...effect,
      })),
      ...(part.settings === undefined
        ? {}
        : {
            settings: part.settings.map((setting) => ({ secret: false, source: source(file(id), 60), ...setting })),
          }),
      duplicates: [],
      ...(part.redefined === undefined ? {} : { redefined: part.redefined }),
    };
  });
  const ids = new Set(['app_1', ...artifacts.flatMap((artifact) => artifact.applications)]);
  const applications = [...ids].toSorted(compareText).map((id): Application => {
    const extra = more.applications?.find((application) => application.id === id);
    return {
      id,
      type: 'project',
      name: id,
      version: '1',
      source: source(`${id}/pom.xml`),
      versionedDeployment: false,
      fat: false,
      dependencies: [],
      deliveries: artifacts
        .filter((artifact) => artifact.applications.includes(id))
        .map((artifact) => ({
          artifact: artifact.id,
          name: artifact.name,
          version: '1',
          type: `synapse/${artifact.kind}`,
          file: `${artifact.name}-1.xml`,
          path: artifact.source.path,
        })),
      ...extra,
    };
  });
  return {
    artifacts: artifacts.toSorted((a, b) => compareText(a.id, b.id)),
    references: references.toSorted((a, b) => compareText(a.from, b.from) || compareSources(a.source, b.source)),
    applications,
    configurations: (more.configurations ?? []).map((configuration) => ({
      source: source('deployment/deployment.toml'),
      offset: 10,
      inboundPortOffset: false,
      listeners: [],
      ...configuration,
    })),
    ...(more.given === undefined ? {} : { given: more.given }),
    ...(more.environmentVersions === undefined ? {} : { environmentVersions: more.environmentVersions }),
    ...(more.images === undefined ? {} : { images: more.images }),
    diagnostics: more.diagnostics ?? [],
  };
}

/** Options of a plan nobody asked anything special of. */
export function options(changes: Partial<PlanOptions> = {}): PlanOptions {
  return { isolate: 'each', coordination: 'isolate', verdicts: new Map(), replicas: 3, ...changes };
}

export function planOf(
  parts: Readonly<Record<string, Part>>,
  changes: Partial<PlanOptions> = {},
  more: Parameters<typeof inventory>[1] = {},
): Plan {
  return plan(inventory(parts, more), options(changes));
}

/** Codes of a plan's findings, with how often each stands there. */
export function codes(made: Plan, prefix = ''): string[] {
  return made.diagnostics.map((one) => one.code).filter((code) => code.startsWith(prefix));
}

/** The findings of one code. */
export function findings(made: Plan, code: string): Plan['diagnostics'] {
  return made.diagnostics.filter((one) => one.code === code);
}

/** The example of the documentation: an order API and two tasks. */
export const orders: Readonly<Record<string, Part>> = {
  'api/OrderAPI': { refs: { uses: ['sequence/processOrder'] } },
  'sequence/processOrder': { refs: { uses: ['endpoint/OrderBackend'] } },
  'endpoint/OrderBackend': {},
  'task/recurringOrder_Task': { refs: { 'injects-into': ['sequence/processOrder'] } },
  'task/schedulOrder_Task': {
    facts: { trigger: { cron: '0 0 2 * * ?', source: source('src/task/schedulOrder_Task.xml', 2) } },
    refs: { 'injects-into': ['sequence/processOrder'] },
  },
};
