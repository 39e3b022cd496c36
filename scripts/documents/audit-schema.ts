import {
  choice,
  count,
  type Fields,
  flag,
  ids,
  type JsonSchema,
  list,
  one,
  record,
  text,
} from './json-schema-parts.ts';

const risk = (description: string): JsonSchema =>
  choice(['none', 'twice', 'maybe', 'shared', 'coordinated', 'unknown'], description);

const pod = record({
  name: text('Name.'),
  node: text('Its node; empty while it has none.'),
  ready: flag('It is ready.'),
  ending: flag('It is terminating, and works until it is gone.'),
});

/** What `audit --json` prints. */
export const auditDocument: Fields = {
  context: text('Context of the kubeconfig.'),
  'namespace?': text('Namespace; missing if all were audited.'),
  workloads: list(
    record({
      id: text('`namespace/kind/name`.'),
      namespace: text('Namespace.'),
      kind: text('`Deployment`, `StatefulSet`, `DaemonSet` or `Pod`.'),
      name: text('Name.'),
      madeBy: choice(['mi-patterns', 'helm-mi', 'other'], 'Chart that it belongs to, by its labels.'),
      signs: ids('Sign that it runs Micro Integrator.'),
      image: text('Image, by digest if the nodes report it.'),
      'runtimeVersion?': text('Version of Micro Integrator, if the image states it.'),
      replicas: count('Pods wanted.'),
      pods: list(pod, 'Pods that are running or terminating.'),
      artifacts: list(
        record({
          id: text('`kind/name`.'),
          verdict: one('verdict', 'Why it must run once.'),
          'source?': one('source', 'Archive, file and line that show it.'),
          application: text('Application that delivers it; empty if only the server knows.'),
          coordinated: flag('A coordination database lets one server at a time run it.'),
        }),
        'Stateful artifacts that its servers deploy.',
      ),
      deployed: count('All artifacts that its servers deploy; 0 when that could not be read.'),
      risks: record(
        {
          now: risk('With the pods that run now.'),
          update: risk('While it is updated.'),
          cutOff: risk('When the control plane cannot reach its node.'),
          scaling: risk('When an autoscaler starts more pods.'),
        },
        'What happens to its stateful artifacts. `twice`: several pods do the work. `maybe`: it cannot be known from outside. `shared`: the broker gives each message to one pod. `coordinated`: a database picks one pod.',
      ),
      unknown: ids('Why not everything that it deploys is known.'),
    }),
    'Workloads of Micro Integrator, sorted by id.',
  ),
  others: count('Workloads without a sign of Micro Integrator; they were not read.'),
  notRead: ids('What the account may not read.'),
  images: count('Images that were looked up, each once.'),
  diagnostics: list(
    record({
      code: text('Permanent code, see diagnostics.md.'),
      severity: choice(
        ['error', 'warning', 'info'],
        'Error: something runs twice now, or nothing could be checked; exit code 1.',
      ),
      message: text('What is so.'),
      hint: text('The way out.'),
      workload: text('`namespace/kind/name`; empty for a finding about the whole cluster.'),
      'field?': text('Field of the object that causes it.'),
      artifacts: ids('Artifacts it is about.'),
      'source?': one('source', 'Archive, file and line that cause it.'),
    }),
    'Findings, most important first.',
  ),
};
