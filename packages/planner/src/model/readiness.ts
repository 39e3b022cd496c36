import type { ArtifactId, SettingRead, Source } from '@mi-patterns/inventory';

/**
 * Whether an environment gives a setting: `unknown` when its pods get names that cannot be seen from here (`envFrom`).
 */
export interface SettingState {
  readonly environment: string;
  readonly state: 'given' | 'missing' | 'unknown';
  /** Workloads whose pods lack it; empty unless the state is `missing`. */
  readonly workloads: readonly string[];
}

/** A setting that artifacts or a deployment.toml read, and which environments give it. */
export interface NeededSetting {
  readonly from: SettingRead['from'];
  readonly name: string;
  readonly secret: boolean;
  /**
   * What happens without it: MI takes back the whole archive, leaves out the artifact (a server's own file), the server
   * does not start, or a flow fails when it gets there.
   */
  readonly without: 'archive-fails' | 'artifact-fails' | 'server-fails' | 'flow-fails';
  /** Artifacts that read it, sorted; empty for a deployment.toml. */
  readonly artifacts: readonly ArtifactId[];
  /** Every place that reads it, sorted. */
  readonly sources: readonly Source[];
  /** In the order of the environments; empty when there is no configuration to look at. */
  readonly environments: readonly SettingState[];
}

/** An archive that needs an artifact of another one at the moment it is deployed. */
export interface NeededArchive {
  /** File name of the archive, as it was read or as the build names it. */
  readonly archive: string;
  /** File name of the archive that must be deployed before. */
  readonly after: string;
  readonly artifact: ArtifactId;
  readonly needs: ArtifactId;
  readonly source: Source;
  /** Whether MI, which goes by file names, deploys the two in the right order; `circular`: no order is right. */
  readonly order: 'right' | 'wrong' | 'circular';
}

/** A cron expression and the time zone of the servers that read it. */
export interface CronSchedule {
  readonly artifact: ArtifactId;
  readonly cron: string;
  readonly source: Source;
  /** Empty when there is no configuration to look at: the chart then sets UTC. */
  readonly environments: readonly { readonly environment: string; readonly timezone: string }[];
}

/** A service with a WSDL, and where the address in it is the name of a pod. */
export interface PublishedAddress {
  readonly artifact: ArtifactId;
  readonly source: Source;
  /** Listeners whose addresses the WSDL has. */
  readonly listeners: readonly ('http' | 'https')[];
  /** One for each environment; one without a name where no environment is known. */
  readonly environments: readonly {
    readonly environment: string | undefined;
    /** Listeners whose address is the name of the pod, because deployment.toml sets no other. */
    readonly podNames: readonly ('http' | 'https')[];
  }[];
}

/** What decides whether each pod of the plan becomes ready. */
export interface Readiness {
  readonly settings: readonly NeededSetting[];
  /** Archives that must be deployed before others, by the names they have. */
  readonly archives: readonly NeededArchive[];
  readonly schedules: readonly CronSchedule[];
  readonly addresses: readonly PublishedAddress[];
}
