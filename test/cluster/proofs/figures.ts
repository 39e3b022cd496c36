import type { ServerKind } from '../images/servers.ts';
import type { Happening } from './timeline.ts';
import type { ClientId, LoadReport } from './tools.ts';

/** What one event did to one chart's release. Figures that the event has nothing to say about are left out. */
export interface ProofResult {
  readonly pattern:
    | 'single-replica'
    | 'multiple-replicas'
    | 'coordinated'
    | 'change of pattern'
    | 'leaving helm-mi'
    | 'starts'
    | 'any';
  readonly event: string;
  readonly chart: 'mi-patterns' | 'helm-mi';
  readonly figures: Figures;
  /** Why the event could not be had or does not apply. */
  readonly note?: string;
  /** When the run that saw it began; `withRun` writes it. */
  readonly began?: string;
  readonly timeline?: readonly Happening[];
}

export interface Figures {
  /** From the command to the end of the event: the update done, the new pod ready. */
  readonly seconds?: number;
  /** One entry for each kind of client, in the order of {@link clients}. */
  readonly loads?: readonly ClientLoad[];
  /** Seconds after the event's begin at which the first and the last request failed. */
  readonly failuresFrom?: number;
  readonly failuresTo?: number;
  readonly ticksTwice?: number;
  readonly overlapSeconds?: number;
  readonly ticksLost?: number;
  readonly tickGapSeconds?: number;
  /** Isolated pods that were replaced or restarted by something that was not about them. */
  readonly isolatedRestarts?: number;
  /** Pods that still served while a wrong release was tried. */
  readonly oldPodsServing?: number;
  readonly starts?: StartTimes;
  readonly message?: string;
}

/** Seconds of an event, measured some times in turn with the start of the same server alone. */
export interface StartTimes {
  readonly own: readonly number[];
  readonly event: readonly number[];
  /** Until helm returned, where helm began it. */
  readonly helm?: readonly number[];
}

/** What one client saw. */
export interface ClientLoad extends Pick<LoadReport, 'requests' | 'failed' | 'failuresByKind' | 'longestGap' | 'rate'> {
  readonly client: ClientId;
}

/** One run of the proofs: everything in it was seen on one cluster. */
export interface ProofRun {
  readonly server: ServerKind;
  readonly serverImage: string;
  readonly kubernetes: string;
  readonly nodes: number;
  readonly nodeGraceSeconds: number | undefined;
  /** Requests a second of all clients together. */
  readonly rate: number;
  /** What the cluster ran on, in words, and the versions of the charts. */
  readonly machine: string;
  readonly charts: Readonly<Record<string, string>>;
  /** ISO 8601, UTC, to the minute. */
  readonly began: string;
  readonly results: readonly ProofResult[];
}
