import type { CatalogueEntry } from '../diagnostics/catalogue.ts';

/** Codes about what archives really bring to which server. Permanent, like those of the planner. */
export const deliveryCatalogue = {
  'MI-DELIVERY-MISSING': {
    severity: 'error',
    title: 'Needed but not delivered',
    meaning:
      'A workload needs an artifact that none of its archives brings, or no workload deploys an artifact at all.',
    whatToDo: 'Give the project or archive that delivers it too.',
  },
  'MI-DELIVERY-TWICE': {
    severity: 'error',
    title: 'Stateful artifact delivered twice',
    meaning: 'The archives of a second workload bring a stateful artifact along, so it would do its work twice.',
    whatToDo: 'Deliver by roles, or divide the application.',
  },
  'MI-DELIVERY-ROLE': {
    severity: 'error',
    title: 'Role without a server',
    meaning: 'Artifacts carry a server role that no workload has. MI drops them without a word.',
    whatToDo: 'Give the role to one workload, or package again.',
  },
  'MI-DELIVERY-ROLE-REPLACED': {
    severity: 'warning',
    title: 'Server role of somebody else',
    meaning:
      "An archive gives an artifact a server role that servers with MI's own roles do not have, so they leave it out. The archives that are written for the plan carry roles that its servers have: the artifact starts to work.",
    whatToDo: 'Check that it is meant to run; leave it out of the archive if not.',
  },
} as const satisfies Readonly<Record<string, CatalogueEntry>>;

export type DeliveryCode = keyof typeof deliveryCatalogue;
