import {
  choice,
  count,
  type Fields,
  flag,
  ids,
  type JsonSchema,
  list,
  one,
  patterns,
  record,
  several,
  text,
} from './json-schema-parts.ts';

const time = (description: string): JsonSchema => text(`${description} RFC 3339.`);
const pattern = (description: string): JsonSchema => choice(patterns, description);
/** A value of any kind. */
const value = (description: string): JsonSchema => ({ description });

const where = {
  environment: text('The environment.'),
  release: text('Name of the helm release.'),
  namespace: text('Its namespace.'),
  context: text('Context of the kubeconfig.'),
};

const diff = {
  changes: several('objectChange', 'What is created, changed and deleted, sorted.'),
  drift: several('objectChange', 'What others changed since the last rollout; a rollout reverts it.'),
  diagnostics: several('diagnostic', 'What the API server refuses, and what the upgrade would break.'),
  preparations: ids('What a rollout does before the upgrade, one sentence each.'),
  impact: record(
    {
      sentence: text('What happens to the pods.'),
      restartingPods: count('Pods that restart.'),
      workloads: list(
        record({
          name: text('Deployment or StatefulSet.'),
          pods: count('Its pods.'),
          action: choice(['restart', 'start', 'end'], 'What happens to them.'),
          downSeconds: { type: 'number', minimum: 0, description: 'Estimated seconds without a ready pod.' },
        }),
        'Workloads whose pods restart, start or end.',
      ),
    },
    'What happens to the pods.',
  ),
};

/** Definitions that the documents of rollouts share. */
export const rolloutDefinitions: Fields = {
  objectChange: record(
    {
      object: text('`Kind/name`.'),
      action: choice(['create', 'update', 'delete'], 'What happens to it. In a drift, `delete` means that it is gone.'),
      fields: list(
        record({
          path: text('`spec.template.spec.containers[micro-integrator].image`.'),
          'before?': value('Value before; absent if there was none. Secrets are masked.'),
          'after?': value('Value after; absent if there is none.'),
          'lines?': ids('For text of several lines: the lines that differ, prefixed with `+`, `-` or a blank.'),
        }),
        'Fields that differ, sorted.',
      ),
    },
    'How an object differs.',
  ),
  releaseDiff: record(diff, 'What a rollout changes in the cluster.'),
  rolloutRecord: record(
    {
      revision: count('Revision of the helm release.'),
      state: choice(['succeeded', 'rolled-back'], 'Result.'),
      'environment?': text('The environment.'),
      pattern: pattern('Its pattern.'),
      planDigest: text('Digest of the plan.'),
      'artifactsDigest?': text('Digest of the artifacts, the same for every environment.'),
      valuesDigest: text('Digest of the values.'),
      chart: text('Name and version of the chart.'),
      chartDigest: text("Digest of the chart's files, the same from a folder, a repository and a registry."),
      image: text('Image as in the values.'),
      'imageDigest?': text('Digest that the nodes report; absent if they report none or several.'),
      'only?': text('Set when only this workload was rolled out.'),
      'restores?': count('Revision that this one restored.'),
      'made?': text('When helm made the revision, as helm says it. Records of earlier versions lack it.'),
      'promotedFrom?': text('Environment it was promoted from.'),
      'approvedBy?': text('Who or what approved it.'),
      by: text('User of the cluster.'),
      at: time('When.'),
    },
    'What one rollout deployed.',
  ),
  artifactCheck: {
    description: 'What the servers reported as deployed, compared with the plan.',
    oneOf: [
      record({ state: { const: 'equal' }, pods: count('Pods that were asked.') }),
      record({ state: { const: 'not-checked' }, because: text('Why.') }),
    ],
  },
  notChecked: record({ what: text('What was not checked.'), because: text('Why.') }, 'What the verification skipped.'),
  revision: record(
    {
      revision: count('Number.'),
      state: text('As reported by helm: `deployed`, `failed`, `pending-upgrade`, …'),
      chart: text('Name and version of the chart.'),
      updated: time('When.'),
      description: text("helm's own words."),
    },
    'A revision of a helm release.',
  ),
};

const outcome = {
  'record?': one('rolloutRecord', 'Set if it succeeded or had nothing to change.'),
  'checked?': one('artifactCheck', 'Set with `record`.'),
  'notChecked?': several('notChecked', 'What else could not be checked. Set with `record`.'),
  'diagnostics?': several('diagnostic', 'Set when it was refused or failed.'),
  'evidence?': text('File with the states, events and last logs of failing pods; set if it failed.'),
};

/** Fields of the documents of `init` and of the commands that ask a cluster. */
export const rolloutDocuments: Readonly<Record<string, Fields>> = {
  init: {
    file: text('The configuration that was written.'),
    artifacts: ids('Folders and archives that it names, relative to it.'),
    pattern: pattern('The pattern that the artifacts call for.'),
    diagnostics: several('diagnostic', 'With `--from-helm-mi`: what was not translated.'),
  },
  comparison: {
    environment: text('The environment.'),
    against: text('What it was compared with, as given to `--against`.'),
    'artifactsDiffer?': flag(
      'Whether the artifacts differ, so that the image has to be built again. Absent for a file.',
    ),
    changes: several('objectChange', 'What is created, changed and deleted, sorted.'),
    diagnostics: several('diagnostic', 'What the upgrade would break.'),
  },
  diff: { ...where, findings: several('diagnostic', 'Findings about the artifacts and the values.'), ...diff },
  rollout: {
    ...where,
    state: choice(
      ['succeeded', 'unchanged', 'dry-run', 'refused', 'failed'],
      'Refused: nothing was rolled out. Failed: the release was rolled back, or the diagnostics say what is left.',
    ),
    findings: several('diagnostic', 'Findings about the artifacts and the values.'),
    ...outcome,
    'diff?': one('releaseDiff', 'What it was about to change; absent if it ended before that.'),
  },
  status: {
    environments: list(
      record({
        name: text('Environment.'),
        release: text('Name of the helm release.'),
        state: choice(
          ['known', 'unreachable'],
          'Whether the cluster answered. With `unreachable`, `because`, `code` and `hint` say why.',
        ),
        'because?': text('Why the cluster did not answer.'),
        'code?': text('Code of that diagnostic.'),
        'hint?': text('What to do next.'),
        'namespace?': text('Namespace.'),
        'context?': text('Context of the kubeconfig.'),
        'revision?': one('revision', 'The newest; absent if nothing is installed.'),
        'readiness?': {
          description: 'Whether the release can be upgraded.',
          oneOf: [
            record({ state: { const: 'new' } }),
            record({ state: { const: 'ready' }, revision: count('The newest revision.') }),
            record({
              state: { const: 'stuck' },
              pending: one('revision', 'The revision that was interrupted.'),
              'lastGood?': count('The revision that it returns to.'),
            }),
            record({
              state: { const: 'busy' },
              pending: one('revision', 'The revision on which a rollout or another helm works.'),
            }),
          ],
        },
        'pattern?': text('Pattern.'),
        'workloads?': count('Deployments and StatefulSets.'),
        'pods?': record({ ready: count('Ready.'), wanted: count('Wanted.') }, 'Pods.'),
        'chart?': text('Name and version of the chart.'),
        'images?': ids('Images of the workloads, each once.'),
        'imageDigests?': ids('Digests that the nodes report, each once.'),
        'running?': one('rolloutRecord', 'The newest successful rollout.'),
        'last?': one('rolloutRecord', 'The newest rollout, even if it was rolled back.'),
        'drift?': several('objectChange', 'What others changed since then.'),
        'driftUnknown?': ids(
          'Objects whose drift is unknown, and why, for example because the user may not write them.',
        ),
        'lockedBy?': record(
          { holder: text('User and process.'), since: time('Since when.'), renewed: time('Last sign of life.') },
          'A rollout that is running.',
        ),
        'troubles?': ids('What failing pods report.'),
      }),
      'Environments, in the order of the configuration.',
    ),
  },
  rollback: {
    ...where,
    state: choice(['succeeded', 'refused', 'failed'], 'Refused: nothing was rolled back.'),
    ...outcome,
  },
};
