import type { Severity } from '@mi-patterns/inventory';

interface Entry {
  readonly severity: Severity;
  readonly title: string;
  readonly meaning: string;
  readonly fix: string;
}

/** What `audit` can find. Codes are permanent. */
export const auditCatalogue = {
  'MI-AUDIT-TWICE': {
    severity: 'error',
    title: 'Runs in several pods now',
    meaning:
      'A stateful artifact is deployed by more than one running pod, and nothing coordinates them: each of them does the work.',
    fix: 'Give it a workload of its own with one pod. `init --from-release` and `plan` show how.',
  },
  'MI-AUDIT-MAYBE': {
    severity: 'warning',
    title: 'May run in several pods now',
    meaning: 'An artifact of which nobody can tell from outside whether it must run once is deployed by several pods.',
    fix: 'Look at the class or value that the message names; isolate the artifact if in doubt.',
  },
  'MI-AUDIT-UPDATE': {
    severity: 'warning',
    title: 'Runs twice during an update',
    meaning: 'The update strategy starts a new pod before the old one has ended.',
    fix: 'Use `Recreate`, or a workload of its own.',
  },
  'MI-AUDIT-CUT-OFF': {
    severity: 'warning',
    title: 'Runs twice when a node is cut off',
    meaning: 'The control plane replaces a pod on a node that it cannot reach, while that pod may still work.',
    fix: 'Use `recovery: fenced` or `at-most-one`.',
  },
  'MI-AUDIT-SCALING': {
    severity: 'warning',
    title: 'Runs twice when it is scaled',
    meaning: 'An autoscaler may start a second pod of a workload with stateful artifacts.',
    fix: 'Remove the autoscaler, or move what must run once into a workload of its own.',
  },
  'MI-AUDIT-STOP': {
    severity: 'warning',
    title: 'Stop without a drain',
    meaning: 'Nothing lets a pod finish its work before it ends.',
    fix: 'Add a preStop hook that waits, then stops MI.',
  },
  'MI-AUDIT-PROBES': {
    severity: 'warning',
    title: 'Missing probes',
    meaning: 'Kubernetes cannot tell whether the server has started, is ready, or hangs.',
    fix: 'Probe `/healthz` and `/liveness` on port 9201.',
  },
  'MI-AUDIT-BUDGET': {
    severity: 'warning',
    title: 'Budget that blocks drains',
    meaning: 'A PodDisruptionBudget lets no pod go, so a node can never be drained.',
    fix: 'Use `maxUnavailable: 1`, or no budget.',
  },
  'MI-AUDIT-HEAP': {
    severity: 'warning',
    title: 'Heap that does not fit the container',
    meaning: 'The heap may grow until the container is killed.',
    fix: 'Raise the limit or lower `-Xmx`.',
  },
  'MI-AUDIT-HOT': {
    severity: 'warning',
    title: 'Hot deployment is on',
    meaning: 'Servers watch their folders for archives, so readiness says less, and pods can differ.',
    fix: 'Set `hot_deployment = false`.',
  },
  'MI-AUDIT-UNKNOWN': {
    severity: 'warning',
    title: 'Not everything is known',
    meaning: 'An image, a volume or a ConfigMap could not be read, so a workload may run more than the table says.',
    fix: 'Log in to the registry, name a file with `--image`, or ask the servers with `--by management-api`.',
  },
  'MI-AUDIT-NOT-READ': {
    severity: 'warning',
    title: 'Part of the cluster that may not be read',
    meaning: 'This account may not list some kind of object, so what depends on it is not said.',
    fix: 'Ask for the rights that the documents list, or name a namespace.',
  },
} as const satisfies Readonly<Record<string, Entry>>;

export type AuditCode = keyof typeof auditCatalogue;
