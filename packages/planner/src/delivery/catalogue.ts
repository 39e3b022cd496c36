import type { CatalogueEntry } from '../diagnostics/catalogue.ts';

/** Codes about what archives really bring to which server. Permanent, like those of the planner. */
export const deliveryCatalogue = {
  'MI-DELIVERY-MISSING': {
    severity: 'error',
    title: 'Needed but not delivered',
    meaning: 'A workload needs an artifact that none of its archives brings, or no workload deploys an artifact at all.',
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
} as const satisfies Readonly<Record<string, CatalogueEntry>>;

export type DeliveryCode = keyof typeof deliveryCatalogue;
