import type { ArchiveRequest } from './archive-request.ts';

/** An archive as it is delivered. */
export interface DeliveredArchive extends ArchiveRequest {
  /** File name in `carbonapps/`. Archives are deployed in the order of their names (MI: CappDeployer.java). */
  readonly file: string;
  readonly nested: readonly ArchiveRequest[];
}

/** Archives that go together: into one image, one volume. */
export interface DeliverySet {
  /** `image` for the set that all workloads share, else the name of the workload. */
  readonly name: string;
  readonly workloads: readonly string[];
  readonly archives: readonly DeliveredArchive[];
}

/** How a plan reaches its servers. */
export interface PlannedDelivery {
  readonly mode: 'roles' | 'archives';
  /** Server roles that artifacts of the archives carry beyond MI's own, sorted. A role that no server has is lost. */
  readonly roles: readonly string[];
  readonly sets: readonly DeliverySet[];
}
