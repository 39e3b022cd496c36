import type { ServerKind } from '../images/servers.ts';
import type { Happening } from './timeline.ts';
import type { LoadReport } from './tools.ts';

/** What one event did to one chart's release. Figures that the event has nothing to say about are left out. */
export interface ProofResult {
  readonly pattern: 'single-replica' | 'multiple-replicas' | 'coordinated' | 'any';
  readonly event: string;
  readonly chart: 'mi-patterns' | 'helm-mi';
  readonly figures: Figures;
  /** Why the event could not be had or does not apply. */
  readonly note?: string;
  readonly timeline?: readonly Happening[];
}

export interface Figures {
  /** From the command to the end of the event: the update done, the new pod ready. */
  readonly seconds?: number;
  readonly load?: Pick<LoadReport, 'requests' | 'failed' | 'failuresByKind' | 'longestGap' | 'rate' | 'keepAlive'>;
  /** Seconds after the event's begin at which the first and the last request failed. */
  readonly failuresFrom?: number;
  readonly failuresTo?: number;
  /** Seconds without one answer, when there were failures. */
  readonly downtimeSeconds?: number;
  readonly ticksTwice?: number;
  readonly overlapSeconds?: number;
  readonly ticksLost?: number;
  readonly tickGapSeconds?: number;
  /** Isolated pods that were replaced or restarted by something that was not about them. */
  readonly isolatedRestarts?: number;
  /** Pods that still served while a wrong release was tried. */
  readonly oldPodsServing?: number;
  readonly message?: string;
}

/** One run of the proofs: everything in it was seen on one cluster. */
export interface ProofRun {
  readonly server: ServerKind;
  readonly serverImage: string;
  readonly kubernetes: string;
  readonly nodes: number;
  readonly nodeGraceSeconds: number | undefined;
  readonly begin: string;
  readonly results: readonly ProofResult[];
}
