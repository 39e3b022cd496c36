import {
  choice,
  count,
  type Fields,
  flag,
  ids,
  type JsonSchema,
  list,
  patterns,
  record,
  text,
} from './json-schema-parts.ts';

const one = (definition: string, description: string): JsonSchema => ({ $ref: `#/$defs/${definition}`, description });
const several = (definition: string, description: string): JsonSchema =>
  list({ $ref: `#/$defs/${definition}` }, description);
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
  drift: several('objectChange', 'What somebody else changed since the last rollout; a rollout sets it back.'),
  diagnostics: several('diagnostic', 'What the API server refuses, and what the upgrade would break.'),
  preparations: ids('What a rollout does before the upgrade, a sentence each.'),
  impact: record(
    {
      sentence: text('What happens to the pods.'),
      restartingPods: count('Pods that restart.'),
      workloads: list(
        record({
          name: text('Deployment or StatefulSet.'),
          pods: count('Its pods.'),
          action: choice(['restart', 'start', 'end'], 'What happens to them.'),
          downSeconds: { type: 'number', minimum: 0, description: 'Seconds without a ready pod, an estimate.' },
        }),
        'Workloads whose pods do not just go on.',
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
      action: choice(['create', 'update', 'delete'], 'What happens to it. In a drift, `delete` is one that is gone.'),
      fields: list(
        record({
          path: text('`spec.template.spec.containers[micro-integrator].image`.'),
          'before?': value('Value before; absent where there was none. Secrets are masked.'),
          'after?': value('Value after; absent where there is none.'),
          'lines?': ids('For text of several lines: those that differ, with `+`, `-` and blank before them.'),
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
      state: choice(['succeeded', 'rolled-back'], 'What came of it.'),
      'environment?': text('The environment.'),
      pattern: pattern('Its pattern.'),
      planDigest: text('Digest of the plan.'),
      'artifactsDigest?': text('Digest of the artifacts, the same for every environment.'),
      valuesDigest: text('Digest of the values.'),
      chart: text('Name and version of the chart.'),
      chartDigest: text("Digest of the chart's files, the same from a folder, a repository and a registry."),
      image: text('Image as the values say.'),
      'imageDigest?': text('Digest that the nodes told; absent where they told none or several.'),
      'only?': text('Set when only this workload was rolled out.'),
      'restores?': count('Revision that this one brought back.'),
      'promotedFrom?': text('Environment it was promoted from.'),
      'approvedBy?': text('Who or what approved it.'),
      by: text('User of the cluster.'),
      at: time('When.'),
    },
    'What one rollout brought.',
  ),
  artifactCheck: {
    description: 'What the servers reported as deployed, compared with the plan.',
    oneOf: [
      record({ state: { const: 'equal' }, pods: count('Pods that were asked.') }),
      record({ state: { const: 'not-checked' }, because: text('Why.') }),
    ],
  },
  notChecked: record(
    { what: text('What was not checked.'), because: text('Why.') },
    'What the verification passed over.',
  ),
  revision: record(
    {
      revision: count('Number.'),
      state: text('As helm says: `deployed`, `failed`, `pending-upgrade`, …'),
      chart: text('Name and version of the chart.'),
      updated: time('When.'),
      description: text("helm's own words."),
    },
    'A revision of a helm release.',
  ),
};

const outcome = {
  'record?': one('rolloutRecord', 'Set when it succeeded, or had nothing to change.'),
  'checked?': one('artifactCheck', 'Set with `record`.'),
  'notChecked?': several('notChecked', 'What else could not be checked. Set with `record`.'),
  'diagnostics?': several('diagnostic', 'Set when it was refused or failed.'),
  'evidence?': text('File with the states, events and last logs of pods in trouble; set when it failed.'),
};

/** Fields of the documents of `init` and of the commands that ask a cluster. */
export const rolloutDocuments: Readonly<Record<string, Fields>> = {
  init: {
    file: text('The configuration that was written.'),
    artifacts: ids('Folders and archives it reads, relative to it.'),
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
      'Refused: nothing was changed. Failed: the release went back, or the diagnostics say what is left.',
    ),
    findings: several('diagnostic', 'Findings about the artifacts and the values.'),
    ...outcome,
    'diff?': one('releaseDiff', 'What it was about to change; absent when it did not get so far.'),
  },
  status: {
    environments: list(
      record({
        name: text('Environment.'),
        release: text('Name of the helm release.'),
        state: choice(
          ['known', 'unreachable'],
          'Whether the cluster could be asked. With `unreachable`, `because`, `code` and `hint` say why.',
        ),
        'because?': text('Why the cluster could not be asked.'),
        'code?': text('The code of that diagnostic.'),
        'hint?': text('What to do next.'),
        'namespace?': text('Namespace.'),
        'context?': text('Context of the kubeconfig.'),
        'revision?': one('revision', 'The newest; absent when nothing is installed.'),
        'readiness?': {
          description: 'Whether the release can be upgraded.',
          oneOf: [
            record({ state: { const: 'new' } }),
            record({ state: { const: 'ready' }, revision: count('The newest revision.') }),
            record({
              state: { const: 'stuck' },
              pending: one('revision', 'The revision that was cut off.'),
              'lastGood?': count('The revision it goes back to.'),
            }),
          ],
        },
        'pattern?': text('Pattern.'),
        'workloads?': count('Deployments and StatefulSets.'),
        'pods?': record({ ready: count('Ready.'), wanted: count('Wanted.') }, 'Pods.'),
        'chart?': text('Name and version of the chart.'),
        'images?': ids('Images of the workloads, each once.'),
        'imageDigests?': ids('Digests that the nodes tell, each once.'),
        'running?': one('rolloutRecord', 'The newest rollout that succeeded.'),
        'last?': one('rolloutRecord', 'The newest rollout, one that was rolled back perhaps.'),
        'drift?': several('objectChange', 'What somebody else changed since.'),
        'driftUnknown?': ids('Objects whose drift could not be seen, and why: the user may not write them, perhaps.'),
        'lockedBy?': record(
          { holder: text('User and process.'), since: time('Since when.'), renewed: time('Last sign of life.') },
          'A rollout that is under way.',
        ),
        'troubles?': ids('What pods in trouble say.'),
      }),
      'Environments, in the order of the configuration.',
    ),
  },
  rollback: {
    ...where,
    state: choice(['succeeded', 'refused', 'failed'], 'Refused: nothing was changed.'),
    ...outcome,
  },
};
