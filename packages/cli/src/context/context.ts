import type { AskHelm } from '@mi-patterns/helm';

/** Everything a command touches outside its own logic, so that tests can run one without a process. */
export interface Context {
  readonly cwd: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  /** Terminal width in columns; undefined when the output is no terminal. */
  readonly columns: number | undefined;
  readonly colour: boolean;
  /** The same of stderr; when missing, stderr is coloured where stdout is and stderr is a terminal. */
  readonly errorColour?: boolean;
  /** True when stdout is a terminal that follows links (OSC 8). */
  readonly links?: boolean;
  /** True when stderr is a terminal: progress may be redrawn there. */
  readonly interactive: boolean;
  /**
   * Asks a person and waits for a line, which is empty once the signal ends; absent where nobody can answer.
   */
  readonly ask?: (question: string, signal?: AbortSignal) => Promise<string>;
  /** How Helm is asked what the chart says of values; by a process of `helm template` when absent. */
  readonly askHelm?: AskHelm | undefined;
}

/** The options every command takes. */
export interface GlobalOptions {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  /** `--config FILE` as given. */
  readonly config?: string;
  /** `--plain-http`, on commands that speak to registries: without TLS too. */
  readonly plainHttp?: boolean;
}
