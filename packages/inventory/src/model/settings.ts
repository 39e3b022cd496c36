import type { Source } from './diagnostic.ts';

/** A value that an artifact takes from where its server runs. */
export interface SettingRead {
  /**
   * `environment`: an environment variable (`$SYSTEM:`). `file`: a line of `conf/file.properties` (`$FILE:`).
   * `configurable`: either of them, for a name that `config.properties` declares or an expression uses (`${configs.}`).
   * `vault`: MI's secure vault.
   */
  readonly from: 'environment' | 'file' | 'configurable' | 'vault' | 'hashicorp-vault';
  readonly name: string;
  /** The name, or where it is used, says that it is a password or the like. */
  readonly secret: boolean;
  /** A function of a flow looks it up (`vault-lookup`), so MI deploys the artifact without it. */
  readonly lookup?: true;
  /** Of a configurable: MI asks for it while it deploys the artifact, and deploys nothing of the archive without it. */
  readonly atOnce?: true;
  readonly source: Source;
}

/** Names of settings that are given, and whether more may be given that cannot be seen from here (`envFrom`). */
export interface SettingNames {
  readonly variables: readonly string[];
  readonly properties: readonly string[];
  /** Aliases of the secure vault, from `[secrets]` in deployment.toml. */
  readonly aliases: readonly string[];
  readonly open: boolean;
  /** Those that are given as text, with it; passwords and what a Secret holds are not among them. Missing: none. */
  readonly texts?: {
    readonly variables: Readonly<Record<string, string>>;
    readonly properties: Readonly<Record<string, string>>;
  };
}

/** What the pods of one environment are given from outside their archives. */
export interface GivenSettings {
  readonly environment: string;
  readonly everywhere: SettingNames;
  /** What single workloads have beyond it, by name of the workload. */
  readonly workloads: Readonly<Record<string, SettingNames>>;
  readonly hashicorpVault: boolean;
  /** Time zone of its servers, for example `UTC`. */
  readonly timezone: string;
}
