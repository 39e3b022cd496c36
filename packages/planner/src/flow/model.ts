import type { ArtifactId } from '@mi-patterns/inventory';
import type { Recovery, VerdictClass } from '../model/plan.ts';

/** What a node of the picture stands for. */
export type FlowNodeKind =
  | 'clients'
  | 'gateway'
  | 'service'
  /** An artifact, or several of one kind. */
  | 'artifact'
  | 'queue'
  | 'topic'
  | 'database'
  | 'directory'
  | 'mailbox'
  | 'host'
  /** Something outside of which only the protocol or connector is known. */
  | 'system'
  /** What an artifact refers to and nobody delivers. */
  | 'missing';

/** `broken`: it fails in this plan. `risk`: it works, and can lose messages or do work twice. */
export interface Danger {
  readonly level: 'broken' | 'risk';
  /** A few words that say what happens, for example `never processed here`. */
  readonly word: string;
}

export interface FlowNode {
  readonly id: string;
  readonly kind: FlowNodeKind;
  /** Name of the artifact, queue, directory or host. */
  readonly label: string;
  /** What it is, in a word or two: `Task, every 60 s`. */
  readonly note: string;
  /** The workload in whose pods it is; undefined for what lies outside. */
  readonly workload?: string;
  /** Artifacts it stands for; empty for what is no artifact. */
  readonly artifacts: readonly ArtifactId[];
  readonly verdict?: VerdictClass;
  readonly danger?: Danger;
}

/** Messages go from one node to the other. */
export interface FlowEdge {
  readonly from: string;
  readonly to: string;
  readonly label: string;
  readonly danger?: Danger;
}

/** The pods of one workload, or of several of one kind that are drawn as one. */
export interface FlowWorkload {
  readonly name: string;
  readonly type: 'stateless' | 'stateful';
  /** Pods of each workload that work at the same time. */
  readonly replicas: number;
  /** How its values recover it from a lost pod or node; missing where the values are not known. */
  readonly recovery?: Recovery;
  /** Set where each workload has one pod more that stands by. */
  readonly standby?: 'cold';
  /** Workloads it stands for. */
  readonly count: number;
}

/** `full`: every artifact on the way. `entries`: entry points and what is outside. `groups`: both by kind. */
export type FlowDetail = 'full' | 'entries' | 'groups';

/**
 * Who feeds whom: clients, the pods of a plan with what runs in them, and everything outside. Pure and deterministic.
 */
export interface Flow {
  readonly detail: FlowDetail;
  readonly workloads: readonly FlowWorkload[];
  readonly nodes: readonly FlowNode[];
  readonly edges: readonly FlowEdge[];
}
