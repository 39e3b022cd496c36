import type { Severity } from '@mi-patterns/inventory';

/** What a code of this package means, for the reference of all diagnostics. */
export interface HelmCatalogueEntry {
  /** The severity it usually has. */
  readonly severity: Severity;
  readonly title: string;
  readonly meaning: string;
  readonly fix: string;
}

/** One entry of a catalogue. */
export const describedCode = (severity: Severity, title: string, meaning: string, fix: string): HelmCatalogueEntry => ({
  severity,
  title,
  meaning,
  fix,
});

const entry = describedCode;

/** Every code of this package. Codes are permanent: never reuse one, never change what one means. */
export const helmCatalogue = {
  'MI-TOOL-MISSING': entry(
    'error',
    'Tool that is not there',
    'helm, helm-unittest, kubeconform, kubectl or the Kubernetes schemas are needed and not found, or too old.',
    'Install what the hint names, or name its file in the variable.',
  ),
  'MI-TOOL-FAILED': entry(
    'error',
    'Tool that failed',
    'An outside tool or the cluster failed for a reason that lies neither in the values nor in the chart.',
    'Its own words say why.',
  ),
  'MI-CHART-MISSING': entry(
    'error',
    'Chart or values file that does not exist',
    'A path given to render with does not exist.',
    'Check the path.',
  ),
  'MI-CHART-SCHEMA': entry(
    'error',
    "Values outside of the chart's schema",
    'helm refuses the values: a key or value that `values.schema.json` does not take.',
    '`mi-patterns validate FILE` shows the line and the nearest valid key.',
  ),
  'MI-CHART-SCHEMA-DOCUMENT': entry(
    'error',
    'values.schema.json is unusable',
    'The schema of the chart is no valid JSON Schema.',
    'Correct the schema.',
  ),
  'MI-CHART-REFUSED': entry(
    'error',
    'Refused by the chart',
    'The values break a promise of the pattern, so the chart does not render.',
    'The sentence names the key and the way out.',
  ),
  'MI-CHART-VALUES': entry(
    'error',
    'Values file that is no YAML',
    'helm cannot read the file.',
    '`mi-patterns validate FILE` lists all its faults.',
  ),
  'MI-CHART-KUBERNETES': entry(
    'error',
    'Version of Kubernetes not supported',
    'The chart needs another version of Kubernetes.',
    'Use another cluster, or another release of the chart.',
  ),
  'MI-CHART-TEMPLATE': entry(
    'error',
    'Template that failed',
    'A template failed on these values, or wrote something that is no Kubernetes object.',
    'Look for a key set to null; otherwise it is a fault of the chart.',
  ),
  'MI-CHART-LINT': entry(
    'error',
    'Finding of helm lint',
    '`helm lint --strict` is not content.',
    'Correct the chart, or the values named.',
  ),
  'MI-CHART-UNIT-TEST': entry(
    'error',
    'Unit test that failed',
    'A suite of helm-unittest failed.',
    'Correct the template or the suite.',
  ),
  'MI-CHART-EMPTY': entry(
    'error',
    'No object at all',
    'The chart renders nothing with these values.',
    'Check that they enable something.',
  ),
  'MI-KUBERNETES-SCHEMA': entry(
    'error',
    'Object that Kubernetes refuses',
    'A rendered object does not follow the API of a tested version of Kubernetes, unknown fields included.',
    'Look for a passed-through value of the wrong type or name.',
  ),
  'MI-RULE-BLOCKED-DRAIN': entry(
    'error',
    'Disruption budget blocks a drain',
    'No pod may be evicted, so a node with one of them can never be drained.',
    'Allow one pod to be unavailable, or remove the budget.',
  ),
  'MI-RULE-DUPLICATE-KEY': entry(
    'error',
    'Same key twice in a list',
    'Server-side apply refuses lists with a key twice (ports, variables, mounts).',
    'Remove one of the two.',
  ),
  'MI-RULE-GRACE-PERIOD': entry(
    'error',
    'Too little time to stop',
    'The grace period is shorter than what the preStop hook and the shutdown of MI take.',
    'Raise `terminationGracePeriodSeconds`, or shorten the stop.',
  ),
  'MI-RULE-IMAGE-TAG': entry(
    'error',
    'Image without a version',
    'The tag is missing or `latest`: what runs cannot be told, nor rolled back to.',
    'Name a version or a digest.',
  ),
  'MI-RULE-NAME': entry(
    'error',
    'Name too long',
    'A name or label value is longer than Kubernetes takes.',
    'Shorten the release name, `fullnameOverride` or the key of the workload.',
  ),
  'MI-RULE-PLAIN-SECRET': entry(
    'error',
    'Secret in plain text',
    'A ConfigMap or variable holds what looks like a password or token.',
    'Refer to a Secret.',
  ),
  'MI-RULE-POD-SECURITY': entry(
    'error',
    'Not restricted',
    'A pod does not follow the restricted Pod Security Standard.',
    'Remove what loosens it.',
  ),
  'MI-RULE-REPLICAS-AUTOSCALED': entry(
    'error',
    'Replicas and an autoscaler',
    'Each upgrade would undo what the autoscaler has set.',
    'Leave `replicas` out where a workload is autoscaled.',
  ),
  'MI-RULE-SELECTOR': entry(
    'error',
    'Selector that finds the wrong pods',
    'A selector finds no pods, or those of another workload.',
    'Use the labels of the workload.',
  ),
  'MI-RULE-SERVICE-PORT': entry(
    'error',
    'Port that is not declared',
    'A Service, route or probe points at a port that no container declares.',
    'Declare the port, or correct the name.',
  ),
  'MI-RULE-STATEFUL-SINGLE': entry(
    'error',
    'Stateful workload that could run twice',
    'Replicas, strategy or an autoscaler let two pods of a stateful workload run at once.',
    'One replica, strategy Recreate, no autoscaler.',
  ),
  'MI-RULE-STATEFUL-TWICE': entry(
    'error',
    'Stateful artifact in two workloads',
    'It would be active in both.',
    'List it in one of them.',
  ),
  'MI-RULE-WORKLOAD-TYPE': entry(
    'error',
    'Workload that does not say what it is',
    'The label that tells stateless from stateful is missing, or contradicts the artifacts.',
    'Render it with the chart.',
  ),
  'MI-UPGRADE-IMMUTABLE': entry(
    'error',
    'Field that cannot change',
    'Kubernetes refuses the change, so the upgrade fails.',
    'Keep the field, or delete the object first and accept the downtime.',
  ),
  'MI-UPGRADE-RENAMED': entry(
    'error',
    'Workload with another name',
    'helm makes the new one and deletes the old one: both run for a while.',
    'Keep the release name and the keys of workloads, or end the old one first.',
  ),
  'MI-UPGRADE-REMOVED': entry(
    'warning',
    'Workload that is removed',
    'It goes with its pods.',
    'Check that nothing calls it.',
  ),
  'MI-UPGRADE-STATEFUL-MOVED': entry(
    'error',
    'Stateful artifact that moves',
    'Until its old pod has ended it runs twice.',
    'End the old workload first, as the hint says; `mi-patterns rollout` does so.',
  ),
  'MI-UPGRADE-STATEFUL-ISOLATED': entry(
    'warning',
    'Stateful artifact that gets its own workload',
    'Where it ran before, it runs twice until those pods are replaced.',
    'End the old workload first, as the hint says; `mi-patterns rollout` does so.',
  ),
  'MI-UPGRADE-STATEFUL-GROWS': entry(
    'error',
    'Stateful artifact that ends where pods are added',
    'A Deployment that grows while its pods change first adds pods of the old kind: the artifact runs in each of them.',
    'End the old pod first, as the hint says; `mi-patterns rollout` does so.',
  ),
  'MI-UPGRADE-REPLICAS-HANDED-OVER': entry(
    'warning',
    'Replicas handed to an autoscaler',
    'For a moment the workload falls to one pod.',
    'Upgrade at a quiet time; `mi-patterns rollout` keeps the replicas.',
  ),
  'MI-UPGRADE-REPLICAS-TAKEN-BACK': entry(
    'warning',
    'Replicas taken back from an autoscaler',
    'The upgrade goes to the number in the values at once.',
    'Choose a number that carries the load of the moment.',
  ),
  'MI-UPGRADE-STRATEGY': entry(
    'error',
    'Strategy that cannot be merged',
    'With server-side apply the `rollingUpdate` that Kubernetes filled in stays beside `Recreate`.',
    'Patch the object as the hint says; `mi-patterns rollout` does so.',
  ),
  'MI-UPGRADE-DATA-LOST': entry(
    'error',
    'Volume claim that is deleted',
    'With most storage classes its data goes too.',
    'Keep the claim, or annotate it with `helm.sh/resource-policy: keep`.',
  ),
  'MI-UPGRADE-KIND-UNKNOWN': entry(
    'error',
    'Kind the cluster does not know',
    'A custom resource definition is missing.',
    'Install what brings it, or switch the feature off.',
  ),
  'MI-UPGRADE-REFUSED': entry(
    'error',
    'Object the API server would refuse',
    'A dry run on the server was refused; nothing was changed.',
    'Correct the values.',
  ),
} as const satisfies Readonly<Record<string, HelmCatalogueEntry>>;
