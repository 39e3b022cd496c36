import type { CodeEntry } from '@mi-patterns/inventory';

/** What `audit` can find. Codes are permanent. */
export const auditCatalogue = {
  'MI-AUDIT-TWICE': {
    severity: 'error',
    title: 'Runs in several pods now',
    meaning:
      'Several running pods deploy a stateful artifact and nothing coordinates them, so each of them does the work.',
    fix: 'Give the artifact its own workload with one pod. `init --from-release` and `plan` show how.',
  },
  'MI-AUDIT-MAYBE': {
    severity: 'warning',
    title: 'May run in several pods now',
    meaning: 'Several pods deploy an artifact for which the files do not show whether it must run only once.',
    fix: 'Check the class or value that the message names. If in doubt, isolate the artifact.',
  },
  'MI-AUDIT-UPDATE': {
    severity: 'warning',
    title: 'Runs twice during an update',
    meaning: 'The update strategy starts a new pod before the old one has ended.',
    fix: 'Use `Recreate`, or give the artifact its own workload.',
  },
  'MI-AUDIT-CUT-OFF': {
    severity: 'warning',
    title: 'Runs twice when a node is cut off',
    meaning:
      'The control plane replaces a pod on an unreachable node, or one that was deleted or evicted, while that pod may still be working.',
    fix: 'Use `recovery: fenced` or `at-most-one`.',
  },
  'MI-AUDIT-SCALING': {
    severity: 'warning',
    title: 'Runs twice when scaled',
    meaning: 'An autoscaler may start a second pod of a workload with stateful artifacts.',
    fix: 'Remove the autoscaler, or move the stateful artifacts into their own workload.',
  },
  'MI-AUDIT-STOP': {
    severity: 'warning',
    title: 'No graceful shutdown',
    meaning: 'Pods end before they have finished their work.',
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
    meaning: 'A PodDisruptionBudget allows no eviction, so the node cannot be drained.',
    fix: 'Use `maxUnavailable: 1`, or no budget.',
  },
  'MI-AUDIT-HEAP': {
    severity: 'warning',
    title: 'Heap that does not fit the container',
    meaning: 'The heap can grow until the container is killed.',
    fix: 'Raise the limit or lower `-Xmx`.',
  },
  'MI-AUDIT-HOT': {
    severity: 'warning',
    title: 'Hot deployment is on',
    meaning: 'Servers watch their folders for new archives, so readiness proves less and pods can differ.',
    fix: 'Set `hot_deployment = false`.',
  },
  'MI-AUDIT-UNKNOWN': {
    severity: 'warning',
    title: 'Not everything is known',
    meaning: 'An image, volume or ConfigMap could not be read, so a workload may run more than the table shows.',
    fix: 'Log in to the registry, name a file with `--image`, or ask the servers with `--by management-api`.',
  },
  'MI-AUDIT-NOTHING': {
    severity: 'error',
    title: 'Nothing was checked',
    meaning: 'It is not known what any of the workloads deploys, so the audit cannot tell what runs twice.',
    fix: 'Log in to the registry, name a file with `--image`, or ask the servers with `--by management-api`.',
  },
  'MI-AUDIT-NOT-READ': {
    severity: 'warning',
    title: 'No permission to read part of the cluster',
    meaning: 'This account may not list some kinds of objects, so findings that depend on them are missing.',
    fix: 'Ask for the permissions listed in the documentation, or name a namespace.',
  },
} as const satisfies Readonly<Record<string, CodeEntry>>;

export type AuditCode = keyof typeof auditCatalogue;

declare module '@mi-patterns/inventory' {
  // oxlint-disable-next-line typescript/no-empty-object-type -- adds the codes above
  interface DiagnosticCodes extends Readonly<Record<keyof typeof auditCatalogue, true>> {}
}
