import { type CodeEntry, describedCode as entry, findingMaker } from '@mi-patterns/inventory';

/** Every code of this package. Codes are permanent: never reuse one, never change what one means. */
export const helmCatalogue = {
  'MI-TOOL-MISSING': entry(
    'error',
    'Tool not found',
    'The command needs helm, helm-unittest, kubeconform, kubectl or the Kubernetes schemas, and found none, or one that is too old.',
    'Install the tool that the hint names, or set the variable to its path.',
  ),
  'MI-TOOL-FAILED': entry(
    'error',
    'Tool failed',
    'An external tool or the cluster failed for a reason unrelated to the values and the chart.',
    "See the tool's output.",
  ),
  'MI-CHART-MISSING': entry(
    'error',
    'Chart or values file not found',
    'A path passed to the renderer does not exist.',
    'Check the path.',
  ),
  'MI-CHART-SCHEMA': entry(
    'error',
    "Values do not match the chart's schema",
    '`values.schema.json` does not allow a key or a value, so helm refuses the values.',
    '`mi-patterns validate FILE` shows the line and the nearest valid key.',
  ),
  'MI-CHART-SCHEMA-DOCUMENT': entry(
    'error',
    'values.schema.json is unusable',
    'The schema of the chart is not valid JSON Schema.',
    'Correct the schema.',
  ),
  'MI-CHART-REFUSED': entry(
    'error',
    'The chart refused the values',
    'The values break a rule of the pattern, so the chart does not render.',
    'The message names the key and the remedy.',
  ),
  'MI-CHART-VALUES': entry(
    'error',
    'Values file is not YAML',
    'helm cannot parse the file.',
    '`mi-patterns validate FILE` lists all errors.',
  ),
  'MI-CHART-KUBERNETES': entry(
    'error',
    'Unsupported version of Kubernetes',
    'The chart does not support this version of Kubernetes.',
    'Use another cluster, or another release of the chart.',
  ),
  'MI-CHART-TEMPLATE': entry(
    'error',
    'Template failed',
    'A template failed for these values, or rendered something that is not a Kubernetes object. It may be one in the values: the chart expands `{{ … }}` there.',
    'Correct the template where it is in the values, which the message then says. Otherwise look for a key set to null; if there is none, this is a bug in the chart.',
  ),
  'MI-CHART-LINT': entry(
    'error',
    'Finding of helm lint',
    '`helm lint --strict` reported a problem.',
    'Correct the chart, or the values that it names.',
  ),
  'MI-CHART-UNIT-TEST': entry(
    'error',
    'Unit test failed',
    'A suite of helm-unittest failed.',
    'Correct the template or the suite.',
  ),
  'MI-CHART-EMPTY': entry(
    'error',
    'Nothing rendered',
    'The chart renders no objects with these values.',
    'Check that they enable something.',
  ),
  'MI-KUBERNETES-SCHEMA': entry(
    'error',
    'Invalid Kubernetes object',
    'A rendered object does not match the API of a tested version of Kubernetes. Unknown fields count too.',
    'Look for a value with the wrong name or type that the chart passes through.',
  ),
  'MI-RULE-BLOCKED-DRAIN': entry(
    'error',
    'Disruption budget blocks a drain',
    'The budget allows no eviction, so the nodes of these pods cannot be drained.',
    'Allow one pod to be unavailable, or remove the budget.',
  ),
  'MI-RULE-DUPLICATE-KEY': entry(
    'error',
    'Duplicate key in a list',
    'Server-side apply refuses lists with duplicate keys (ports, variables, mounts).',
    'Remove one of the two.',
  ),
  'MI-RULE-GRACE-PERIOD': entry(
    'error',
    'Too little time to stop',
    'The grace period is shorter than the preStop hook and the shutdown of MI together.',
    'Raise `terminationGracePeriodSeconds`, or shorten the stop.',
  ),
  'MI-RULE-IMAGE-TAG': entry(
    'error',
    'Image without a version',
    'The tag is missing or `latest`, so nobody can tell which version runs, or roll back to it.',
    'Name a version or a digest.',
  ),
  'MI-RULE-NAME': entry(
    'error',
    'Name too long',
    'A name or label value is longer than Kubernetes allows.',
    'Shorten the release name, `fullnameOverride` or the key of the workload.',
  ),
  'MI-RULE-PLAIN-SECRET': entry(
    'error',
    'Secret in plain text',
    'A ConfigMap, an environment variable or another text of an object contains something that looks like a password, token or key.',
    'Refer to a Secret.',
  ),
  'MI-RULE-POD-SECURITY': entry(
    'error',
    'Not restricted',
    'A pod does not meet the restricted Pod Security Standard.',
    'Remove the setting that loosens it.',
  ),
  'MI-RULE-REPLICAS-AUTOSCALED': entry(
    'error',
    'Replicas and an autoscaler',
    'Each upgrade would overwrite the number set by the autoscaler.',
    'Omit `replicas` for an autoscaled workload.',
  ),
  'MI-RULE-SELECTOR': entry(
    'error',
    'Selector matches the wrong pods',
    'A selector matches no pods, or pods of another workload.',
    'Use the labels of the workload.',
  ),
  'MI-RULE-SERVICE-PORT': entry(
    'error',
    'Undeclared port',
    'A Service, route or probe uses a port that no container declares.',
    'Declare the port, or correct the name.',
  ),
  'MI-RULE-STATEFUL-SINGLE': entry(
    'error',
    'Stateful workload could run twice',
    'Replicas, update strategy or an autoscaler allow two pods of a stateful workload to run at the same time.',
    'Use one replica, the strategy Recreate and no autoscaler.',
  ),
  'MI-RULE-STATEFUL-TWICE': entry(
    'error',
    'Stateful artifact in two workloads',
    'The artifact would run in both.',
    'List it in one of them.',
  ),
  'MI-RULE-WORKLOAD-TYPE': entry(
    'error',
    'Workload type is missing',
    'The label that marks a workload as stateless or stateful is missing, or contradicts its artifacts.',
    'Render it with the chart.',
  ),
  'MI-UPGRADE-IMMUTABLE': entry(
    'error',
    'Immutable field',
    'Kubernetes refuses the change, so the upgrade fails.',
    'Keep the field, or delete the object first and accept the downtime.',
  ),
  'MI-UPGRADE-NOT-COMPARED': entry(
    'error',
    'The older chart refuses the values',
    'The values have what the older chart does not take, so they were never installed with it, and the upgrade could not be compared.',
    'Give the values of the release that runs, or leave out what only the new chart takes.',
  ),
  'MI-UPGRADE-RENAMED': entry(
    'error',
    'Renamed workload',
    'helm creates the new one and deletes the old one, so both run for a while.',
    'Keep the release name and the keys of workloads, or end the old one first.',
  ),
  'MI-UPGRADE-REMOVED': entry(
    'warning',
    'Removed workload',
    'The upgrade deletes the workload and its pods.',
    'Check that nothing calls it.',
  ),
  'MI-UPGRADE-STATEFUL-MOVED': entry(
    'error',
    'Stateful artifact moves',
    'It runs twice until its old pod has ended.',
    'End the old workload first, as the hint says; `mi-patterns rollout` does so.',
  ),
  'MI-UPGRADE-STATEFUL-ISOLATED': entry(
    'warning',
    'Artifact is to run in one place only',
    'No workload has named it as stateful until now. If it is not new, it ran in every pod of the workloads that the message names, and runs twice until they are replaced.',
    'If it is not new, let its workload be `paused` until those pods are replaced, as the hint says.',
  ),
  'MI-UPGRADE-STATEFUL-GROWS': entry(
    'error',
    'Scaled-up workload still runs a stateful artifact',
    'A Deployment that is scaled up and changed in one step first adds pods of the old version: the artifact runs in each of them.',
    'End the old pod first, as the hint says; `mi-patterns rollout` does so.',
  ),
  'MI-UPGRADE-DATABASE': entry(
    'error',
    'Coordination database changes',
    'Replicas that agree through a database elect one of them to run a task. While pods are replaced one after the other, those of the old database and those of the new one each elect one: the task runs twice.',
    'Pause the workload first, as the hint says. Another port counts as another database. If both URLs lead to the same one, for example one of them through a pooler, use `--accept MI-UPGRADE-DATABASE`.',
  ),
  'MI-UPGRADE-REPLICAS-HANDED-OVER': entry(
    'warning',
    'Replicas handed to an autoscaler',
    'The workload drops to one pod for a moment.',
    'Upgrade at a quiet time; `mi-patterns rollout` keeps the replicas.',
  ),
  'MI-UPGRADE-REPLICAS-TAKEN-BACK': entry(
    'warning',
    'Replicas taken back from an autoscaler',
    'The upgrade sets the number of the values immediately.',
    'Choose enough replicas for the current load.',
  ),
  'MI-UPGRADE-STRATEGY': entry(
    'error',
    'Strategy that cannot be merged',
    'With server-side apply, the `rollingUpdate` block that Kubernetes added remains next to `Recreate`.',
    'Patch the object as the hint says; `mi-patterns rollout` does so.',
  ),
  'MI-UPGRADE-DATA-LOST': entry(
    'error',
    'Volume claim is deleted',
    'Most storage classes delete its data as well.',
    'Keep the claim, or annotate it with `helm.sh/resource-policy: keep`.',
  ),
  'MI-UPGRADE-KIND-UNKNOWN': entry(
    'error',
    'Unknown kind',
    'The cluster lacks a custom resource definition.',
    'Install the product that provides it, or disable the feature.',
  ),
  'MI-UPGRADE-REFUSED': entry(
    'error',
    'The API server would refuse an object',
    'The server-side dry run failed, or an admission webhook gave no verdict; nothing was rolled out.',
    'Correct the values, or restore the service behind the webhook.',
  ),
} as const satisfies Readonly<Record<string, CodeEntry>>;

/** A finding of this package. */
export const finding = findingMaker(helmCatalogue);

declare module '@mi-patterns/inventory' {
  // oxlint-disable-next-line typescript/no-empty-object-type -- adds the codes above
  interface DiagnosticCodes extends Readonly<Record<keyof typeof helmCatalogue, true>> {}
}
