import type { Diagnostic, Source } from './diagnostic.ts';
import type { GivenSettings, SettingRead } from './settings.ts';

export type * from './settings.ts';

/**
 * Every kind of deployable artifact, in kebab case and in the singular, as in ids. What holds of a kind is in
 * artifact-kinds.ts.
 */
export type ArtifactKind = ArtifactFacts['kind'];

/**
 * `kind/name`, the name an artifact has in MI (never its file name). Unique in an inventory, see {@link
 * Inventory.artifacts}.
 */
export type ArtifactId = string;

/** A `<parameter>`: a literal value, or a key or expression that only the server can resolve. */
export interface Parameter {
  readonly name: string;
  /** Literal text; undefined when the value comes from `key`. */
  readonly value?: string;
  /** What stands in the file, where `value` is what each environment gives for it: `${configs.x}`. */
  readonly written?: string;
  /** What the environments give for it, in words, where that is not the same: `topic in prod and queue in dev`. */
  readonly differs?: string;
  /** Local entry or registry key that holds the value. */
  readonly key?: string;
  readonly source: Source;
}

/** What a task, a message processor and so on say of themselves: facts read from the XML, no judgement. */
export type ArtifactFacts =
  | {
      readonly kind: 'api';
      readonly context: string;
      readonly apiVersion?: string;
      readonly versionType?: string;
      readonly hostname?: string;
      readonly port?: string;
      /** Names of the inbound endpoints the API is bound to; empty means the default listeners. */
      readonly bindsTo: readonly string[];
      /** Methods of its only resource, where that takes every path; `*` for all. Missing: a call may find none. */
      readonly everyPath?: readonly string[];
    }
  | {
      readonly kind: 'proxy-service';
      /** Undefined when the attribute is missing: then every enabled transport serves the proxy. */
      readonly transports?: readonly string[];
      readonly pinnedServers: readonly string[];
      readonly startOnLoad: boolean;
      /** Where it publishes a WSDL, and the address from which MI loads it; missing when it has none of its own. */
      readonly wsdl?: { readonly source: Source; readonly uri?: string };
      readonly parameters: readonly Parameter[];
    }
  | {
      readonly kind: 'task';
      readonly class: string;
      /** `startOnLoad="false"`, or anything but `true`. Missing: it starts with its server. */
      readonly startsPaused?: true;
      /** Undefined when there is no `<trigger>`. Raw attribute text; interval is in seconds. */
      readonly trigger?: {
        readonly interval?: string;
        readonly cron?: string;
        readonly count?: string;
        readonly once?: string;
        readonly source: Source;
      };
      readonly properties: readonly Parameter[];
      readonly pinnedServers: readonly string[];
    }
  | {
      readonly kind: 'message-processor';
      readonly class: string;
      readonly messageStore: string;
      readonly targetEndpoint?: string;
      readonly parameters: readonly Parameter[];
    }
  | { readonly kind: 'message-store'; readonly class?: string; readonly parameters: readonly Parameter[] }
  | {
      readonly kind: 'inbound-endpoint';
      readonly protocol?: string;
      readonly class?: string;
      readonly sequence?: string;
      readonly onError?: string;
      readonly suspend: boolean;
      readonly parameters: readonly Parameter[];
    }
  | {
      readonly kind: 'endpoint';
      /** Literal addresses, with where each stands. */ readonly addresses: readonly Address[];
    }
  | {
      readonly kind: 'local-entry';
      /** Where its content is, with `src`: MI reads it when it deploys the entry. */
      readonly location?: Address;
      /** Name of the root child element, for example `mcptools` or `kafkaTransport.init`. */ readonly content?: string;
    }
  | {
      readonly kind: 'data-service';
      /**
       * Boxcarring that keeps a session between requests: with `disableLegacyBoxcarringMode` one request holds all
       * calls.
       */
      readonly boxcarring: boolean;
      readonly transports?: readonly string[];
      /** Where it names the database that MI connects to while it deploys it; one in the pod itself is none. */
      readonly connects?: Source;
    }
  | { readonly kind: 'data-source'; readonly jndiName?: string }
  | {
      readonly kind: 'registry-resource';
      /** Registry path such as `/_system/governance/x.xml`. */ readonly registryPath?: string;
      readonly mediaType?: string;
      /** All paths it writes, when it is a collection or several items. */ readonly registryPaths?: readonly string[];
    }
  | {
      readonly kind: 'library';
      readonly role: 'class-mediator' | 'connector-dependency' | 'other';
      /** Class names in the JAR or source folder. */ readonly classes: readonly string[];
    }
  | {
      readonly kind: 'connector';
      /** `<package>.<name>` parts as its descriptor says, when readable. */ readonly connectorName?: string;
    }
  | { readonly kind: 'property-file'; readonly keys: readonly string[] }
  | {
      readonly kind: 'axis2-service';
      /** What its `META-INF/services.xml` says; undefined when that could not be read. */
      readonly services?: readonly Axis2Service[];
    }
  | {
      readonly kind: 'template';
      /** True for a template of endpoints; missing for one of sequences. */ readonly endpoint?: true;
    }
  | { readonly kind: 'sequence'; readonly onError?: string }
  | { readonly kind: 'event-source' }
  | { readonly kind: 'unsupported'; /** The type as written in the archive or exporter. */ readonly type: string };

/** One service of an `.aar` file. */
export interface Axis2Service {
  readonly name: string;
  /** Undefined when it names none: then every enabled transport serves it. */
  readonly transports?: readonly string[];
  /** Class that runs when the service starts (`ServiceLifeCycle`). */
  readonly lifeCycle?: string;
  /** How long an object of the service class lives: `request`, `soapsession`, `transportsession`, `application`. */
  readonly scope?: string;
  /** Its own parameters after those of its group. */
  readonly parameters: readonly Parameter[];
  readonly source: Source;
}

export interface Address {
  readonly uri: string;
  readonly source: Source;
}

/** State or work that lives in one JVM, seen in a mediation flow. Whether it matters is the planner's business. */
export interface Effect {
  readonly type:
    | 'registry-write'
    | 'registry-read'
    | 'system-property-write'
    | 'system-property-read'
    | 'aggregate'
    /** An aggregate with `correlateOn`; the subject is its expression. */
    | 'correlation'
    | 'cache'
    | 'throttle'
    | 'enqueue'
    /** Holds messages back, to pass them on at a rate. */
    | 'sampler'
    | 'class-mediator'
    /** A Java class that sees each request and response of an API or inbound endpoint. */
    | 'handler'
    /** A database that runs inside of the server; the subject says which and where. */
    | 'embedded-database'
    /** Reads or writes files below a directory of its pod; the subject is the path. */
    | 'directory'
    /** Puts messages into a queue of a broker; the subject is the address, which may hold a password. */
    | 'queue'
    /** A load balancing endpoint that sends the requests of one session to one back end. */
    | 'endpoint-session'
    /** An event source that keeps who subscribed in memory. */
    | 'subscriptions'
    | 'clone-or-iterate'
    /** An endpoint that gets responses on a connection of their own. */
    | 'separate-listener'
    /** An endpoint for which MI reads a WSDL while it deploys the artifact; the subject is its address. */
    | 'wsdl'
    /** A connection of the AI module that keeps conversations, or learnt text, in the pod. */
    | 'chat-memory'
    | 'vector-store'
    /** What MI has since 4.4.0, anywhere or in the text of a log alone; the subject says what. One an artifact. */
    | ('since-4.4' | 'logs-since-4.4');
  /** Registry key, property name, class name and so on; empty when there is none. */
  readonly subject: string;
  /** True when the subject is an expression. */
  readonly dynamic: boolean;
  /** Of a `registry-read` that gets an empty text where there is nothing: `get-property`. */
  readonly orEmpty?: true;
  /** Of a `directory` or `queue`: each message that gets to the artifact gets there. */
  readonly always?: true;
  readonly source: Source;
}

export interface Artifact {
  readonly id: ArtifactId;
  readonly kind: ArtifactKind;
  readonly name: string;
  /** Version of the artifact in its application; `''` when there is none. */
  readonly version: string;
  /** The element that names it. */
  readonly source: Source;
  /** Applications that deliver it, by {@link Application.id}, sorted. Empty: present, but nothing deploys it. */
  readonly applications: readonly string[];
  readonly facts: ArtifactFacts;
  readonly effects: readonly Effect[];
  /** What it takes from where its server runs. Missing: nothing. */
  readonly settings?: readonly SettingRead[];
  /** Further places where an artifact of the same kind and name was read. */
  readonly duplicates: readonly Source[];
  /**
   * Further artifacts of the same kind and name that are delivered too and say something else: two versions of an
   * application with versioned deployment run side by side. Their effects and references are among those of the
   * artifact. Missing: none.
   */
  readonly variants?: readonly ArtifactVariant[];
  /**
   * Of an endpoint or template: applications that one server may have define it differently. MI deploys them all, and
   * every flow gets the definition that is deployed last.
   */
  readonly redefined?: true;
}

/** What one further version of an artifact says of itself. */
export interface ArtifactVariant {
  readonly source: Source;
  /** Applications that deliver it, by {@link Application.id}, sorted. */
  readonly applications: readonly string[];
  readonly facts: ArtifactFacts;
}

export type Relation =
  /** Runs, loads or calls it inside the same server: sequence keys, templates, endpoints, registry resources. */
  | 'uses'
  /** Puts messages into a message store. */
  | 'stores-into'
  /** Takes messages out of a message store. */
  | 'consumes-from'
  /** A task injects messages into a sequence or proxy service. */
  | 'injects-into'
  /** Calls an API, proxy service or data service of its own server over a loopback address or `local://`. */
  | 'calls-loopback'
  /** An API that is served by an inbound endpoint only. */
  | 'binds-to'
  /** An HTTP inbound endpoint that hands requests to APIs or proxies by pattern. */
  | 'dispatches-to'
  /** A tool of an MCP inbound endpoint. */
  | 'offers-tool'
  /** A Java class that must be on the class path. */
  | 'needs-class';

export interface Reference {
  readonly from: ArtifactId;
  /** The artifact referred to; for `missing` the id that would satisfy it; for `dynamic` the expression as written. */
  readonly to: string;
  /** Element and attribute, as `sequence/@key`; by parameter, `with-param[@name="s"] for store/@messageStore of X`. */
  readonly via: string;
  readonly relation: Relation;
  /** `builtin`: the server has it (the sequences `main` and `fault`, data sources of deployment.toml). */
  readonly state: 'resolved' | 'missing' | 'dynamic' | 'builtin';
  /**
   * Of a call to the own server: a port that MI has by default, or without its offset, while no file that was read has
   * it. {@link withServedPorts} leaves the reference out unless some configuration has the port after all.
   */
  readonly port?: number;
  /** Of a call: the method that the endpoint gives it, in capitals. Missing: it keeps the one that it came with. */
  readonly method?: string;
  /** Each message that gets to the artifact goes on to its target: no condition, branch or end stands before it. */
  readonly always?: true;
  readonly source: Source;
}

/** Something that is deployed as a whole: a composite application (`.car`), or a server's own configuration folder. */
export interface Application {
  /** `name_version`; with ` (path)` appended where two have the same. */
  readonly id: string;
  readonly type: 'project' | 'exporter' | 'archive' | 'server';
  readonly name: string;
  readonly version: string;
  readonly groupId?: string;
  readonly source: Source;
  /** MI version the project is written for, for example `4.4.0`. */
  readonly runtimeVersion?: string;
  readonly mainSequence?: string;
  readonly versionedDeployment: boolean;
  readonly fat: boolean;
  /** Of an archive inside of a fat one: the path of the outer archive, and the entry that it is there. */
  readonly within?: { readonly archive: string; readonly entry: string };
  /** `group__artifact__version` of its own `descriptor.xml`; it names versioned artifacts. */
  readonly descriptorId?: string;
  /** Applications named in `descriptor.xml` or the pom, as `group__artifact__version`. */
  readonly dependencies: readonly string[];
  readonly deliveries: readonly Delivery[];
  /**
   * Of a legacy project: the metadata that it delivers, sorted by name. Missing: its build makes them from what it
   * packs.
   */
  readonly metadata?: readonly ApplicationMetadata[];
}

/** An OpenAPI definition or service catalogue entry that goes into an archive, below `metadata/`. */
export interface ApplicationMetadata {
  readonly name: string;
  readonly version: string;
  readonly serverRole: string;
  /** The file, in the form of {@link Source.path}. */
  readonly path: string;
}

/** One artifact in one application, as `artifacts.xml` names it. */
export interface Delivery {
  readonly artifact: ArtifactId;
  /** Name and version in `artifacts.xml`, for example an API with a version is `<name>_<version>` there. */
  readonly name: string;
  readonly version: string;
  /** `type` attribute, for example `synapse/api`. */
  readonly type: string;
  /** Undefined when an archive has no `serverRole`. */
  readonly serverRole?: string;
  /** File name as deployed: MI treats `main*.xml` and `fault*.xml` specially. */
  readonly file: string;
  /**
   * Where its bytes are, in the form of {@link Source.path}: a file, an entry of an archive, or a folder (Java sources,
   * a registry collection). Each application has its own, so that an archive can be written again from what was read.
   */
  readonly path: string;
}

/** A listener of services, as one `deployment.toml` configures it. */
export interface Listener {
  /** Name that services use for it in `transports`. */
  readonly transport: string;
  readonly enabled: boolean;
  readonly source: Source;
  /**
   * Class of a `[[custom_transport.listener]]`, which gives any name to any class. Missing: MI's own class for the
   * name.
   */
  readonly class?: string;
  /**
   * Names of its connection factories (`[[transport.jms.listener]]`, `[[transport.rabbitmq.listener]]`, sorted). A
   * service that asks for another one is not loaded. Missing: not known, or the transport has none.
   */
  readonly factories?: readonly string[];
  /**
   * What a connection factory of JMS, RabbitMQ or MQTT says of destinations and brokers, in the names of a service's
   * own parameters, for services that do not say it themselves. Missing: nothing.
   */
  readonly factoryDefaults?: readonly { readonly factory: string; readonly parameters: readonly Parameter[] }[];
}

/**
 * Where a key of a `deployment.toml` stands, from the names of its tables to the key itself; elements of arrays read
 * `name[0]`.
 */
export type KeyPlaces = (...keys: string[]) => Source;

/** All that a `deployment.toml` says, and where. May hold secrets. */
export interface TomlDocument {
  readonly tables: Readonly<Record<string, unknown>>;
  readonly at: KeyPlaces;
}

/** What a `deployment.toml` says that changes a verdict or a port. */
export interface ServerConfiguration {
  readonly source: Source;
  /** Application the file belongs to, by id; undefined for a file found on its own. */
  readonly application?: string;
  /** Environment whose pods get it, written by the chart from values; undefined for a file that was read. */
  readonly environment?: string;
  /** With `environment`: the one workload whose pods get it; undefined for every workload without a file of its own. */
  readonly workload?: string;
  /** Port offset of `[server] offset`; MI's own default is 10. */
  readonly offset: number;
  /** Ports of the HTTP and HTTPS listeners before the offset is added, where they are not MI's own. */
  readonly ports?: { readonly http?: number; readonly https?: number };
  /** `[server] hostname`, when the file gives one: an address with this host is the server itself. */
  readonly hostname?: string;
  readonly inboundPortOffset: boolean;
  /**
   * Listeners by transport name (`vfs`, `jms`, `rabbitmq`, `mailto`, …): enabled or not, and where it says so. Only
   * what the file mentions.
   */
  readonly listeners: readonly Listener[];
  /** Transports whose listener is a list where MI reads one table, so that none starts. Missing: none. */
  readonly listenerLists?: readonly { readonly transport: string; readonly source: Source }[];
  /**
   * JMS connection factories for topics (`[[transport.jms.listener]]` with a factory type of topic), by name. Missing:
   * none.
   */
  readonly jmsTopicFactories?: readonly { readonly name: string; readonly source: Source }[];
  /** Names of topics in JNDI (`[transport.jndi.topic]`). Missing: none. */
  readonly jmsTopics?: readonly { readonly name: string; readonly source: Source }[];
  readonly coordinationDatabase?: Source;
  /** `coordination.database` of the values: the data source that the chart adds where a database coordinates. */
  readonly chartDatabase?: Source;
  /** Data sources of the server (`[[datasource]]`). Missing: none. */
  readonly dataSources?: readonly { readonly id: string; readonly source: Source }[];
  /** Data sources that are a database inside of each server, with words for it. Missing: none. */
  readonly embeddedDatabases?: readonly { readonly id: string; readonly database: string; readonly source: Source }[];
  /** `[server] hot_deployment`; missing where the file does not say (MI's own default is true). */
  readonly hotDeployment?: boolean;
  /** `[server] roles`; missing where the file does not say. */
  readonly serverRoles?: readonly string[];
  /**
   * True when `[task_handling]` has the whole block that makes MI 4.7 run coordinated work at most once:
   * `coordination_hardening`, `enable_task_delete_barrier` and `synchronous_injection`, all true.
   */
  readonly coordinationHardening?: true;
  /**
   * The nodes that may run tasks, where `[task_handling]` has the TaskNodeResolver (`task_nodes` of the first
   * `[[task_resolver]]`). Missing: any node may.
   */
  readonly taskNodes?: { readonly names: readonly string[]; readonly source: Source };
  readonly synapseServerName?: string;
  /**
   * True when services of a versioned deployment have names and paths of their own (`[synapse_properties]
   * 'expose.versioned.services'`), or may have: the value is known on the server only.
   */
  readonly exposesVersionedServices?: true;
  /** Listeners for which the file sets the address that WSDLs name (`wsdl_epr_prefix`). Missing: none. */
  readonly wsdlAddresses?: readonly ('http' | 'https')[];
  readonly nodeId?: { readonly value: string; readonly source: Source };
  /** Environment variables (`$env{}`) and aliases of the secure vault (`$secret{}`) that it takes. Missing: none. */
  readonly settings?: readonly SettingRead[];
  /** True for a file that an image has: it is there already, so nothing packs it or carries it over. */
  readonly inImage?: true;
  /** For what writes the same again; undefined for a file that the chart writes. */
  readonly document?: TomlDocument;
  /** Aliases that `[secrets]` gives the secure vault, sorted. Missing: none. */
  readonly aliases?: readonly string[];
}

/** All that was read from the given paths; sorted, so that their order does not change the output. */
export interface Inventory {
  /**
   * One entry for each distinct artifact, sorted by id. The same kind and name in several places is one entry with
   * `duplicates`; APIs of one name and several versions are told apart as `api/Name:vVersion`, as MI names them.
   */
  readonly artifacts: readonly Artifact[];
  readonly references: readonly Reference[];
  readonly applications: readonly Application[];
  readonly configurations: readonly ServerConfiguration[];
  /** Images that were read, sorted by name. Missing: none. */
  readonly images?: readonly ImageFacts[];
  /** What each environment gives its pods; missing where nothing is known of any environment. */
  readonly given?: readonly GivenSettings[];
  /** The version of MI that each environment names, undefined for one that names none; missing where there is none. */
  readonly environmentVersions?: readonly (string | undefined)[];
  readonly diagnostics: readonly Diagnostic[];
}

/** What an image says of the servers it starts, and what in it was not looked at. */
export interface ImageFacts {
  /** How places in it start, before `!/`. */
  readonly name: string;
  /** Digest of its manifest, where it has one. */
  readonly digest?: string;
  /** `linux/amd64`. */
  readonly platform: string;
  /** Homes of a Micro Integrator in it. None: an image of archives alone, to be mounted as a volume. */
  readonly homes: readonly {
    readonly path: string;
    readonly version?: string;
    /** Names that its `file.properties` sets. */
    readonly fileProperties: readonly string[];
  }[];
  /** `USER` of the image, a number or a name; empty for root. */
  readonly user: string;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  /** Variables of the environment; values that may be secret are hidden. */
  readonly environment: Readonly<Record<string, string>>;
  readonly layers: number;
  /** Whether it has lease-guard where `package` puts it, so that its workloads can be fenced. Missing: no. */
  readonly leaseGuard?: true;
  readonly notRead: {
    /** Archives that no server of the image deploys. */
    readonly archives: readonly { readonly path: string; readonly reason: string }[];
    /** Platforms of the same tag. */
    readonly platforms: readonly string[];
    /** Files that were seen by name only: the operating system, Java, the server's own JARs, scripts. */
    readonly files: number;
    readonly bytes: number;
  };
}
