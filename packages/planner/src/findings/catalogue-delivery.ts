import type { CodeEntry } from '@mi-patterns/inventory';

/** Codes about what archives really bring to which server. Permanent, like those of the planner. */
export const workloadCatalogue = {
  'MI-DELIVERY-MISSING': {
    severity: 'error',
    title: 'Needed but not delivered',
    meaning: 'A workload needs an artifact that none of its archives contains, or no workload deploys any artifact.',
    fix: 'Pass the project or archive that delivers it as well.',
  },
  'MI-DELIVERY-TWICE': {
    severity: 'error',
    title: 'Stateful artifact delivered twice',
    meaning: 'The archives of a second workload also contain a stateful artifact, so it would do its work twice.',
    fix: 'Deliver by roles, or split the application.',
  },
  'MI-DELIVERY-ROLE': {
    severity: 'error',
    title: 'Role without a server',
    meaning: 'Artifacts have a server role that no workload has. MI skips them silently.',
    fix: 'Give the role to one workload, or package again.',
  },
  'MI-DELIVERY-ROLE-REPLACED': {
    severity: 'warning',
    title: 'Server role from another tool',
    meaning:
      "An archive gives an artifact a server role that servers with MI's default roles do not have, so they skip it. The archives written for the plan use roles that its servers have, so the artifact would start to run.",
    fix: 'Check that it should run; if not, remove it from the archive.',
  },
} as const satisfies Readonly<Record<string, CodeEntry>>;

export type DeliveryCode = keyof typeof workloadCatalogue;

declare module '@mi-patterns/inventory' {
  // oxlint-disable-next-line typescript/no-empty-object-type -- adds the codes above
  interface DiagnosticCodes extends Readonly<Record<DeliveryCode, true>> {}
}
