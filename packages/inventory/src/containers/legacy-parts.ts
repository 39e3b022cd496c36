import type { Pom } from './pom.ts';

/** A folder of a legacy multi-module project that holds artifacts. */
export interface LegacyModule {
  readonly folder: string;
  readonly pom: Pom | undefined;
}

/** A composite exporter: a pom of packaging `carbon/application`. */
export interface LegacyExporter {
  readonly pom: Pom;
}
