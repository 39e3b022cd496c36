import { jsonFormatVersion } from '../../packages/cli/src/output/json.ts';
import { auditDocument } from './audit-schema.ts';
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
import { readiness } from './readiness-schema.ts';
import { rolloutDefinitions, rolloutDocuments } from './rollout-schemas.ts';

const verdictClasses = ['stateless', 'isolate', 'broker-safe', 'affinity', 'pod-local', 'opaque'];
const place = {
  path: text('File, with `/`; inside an archive `orders.car!/dir/file.xml`.'),
  line: { type: 'integer', minimum: 1, description: 'From 1.' },
  column: { type: 'integer', minimum: 1, description: 'From 1.' },
};
const cost = {
  pods: count('All pods, including standbys.'),
  standbys: count('Pods among them that are standbys.'),
  memory: count('Memory limits of all pods, in MiB.'),
  cpu: count('CPU requests of all pods, in thousandths of a core.'),
};
const workloadName = {
  name: text('Key of the workload.'),
  type: choice(['stateless', 'stateful'], 'Stateful: exactly one active pod.'),
  replicas: count('Pods that work at the same time.'),
  'standby?': choice(['cold'], 'Set if a second pod stands by to take over.'),
};
const artifact = {
  id: text('`kind/name`.'),
  kind: text('Kind, in kebab case and the singular.'),
  name: text('Name in Micro Integrator.'),
  version: text('Version; empty if there is none.'),
  source: { $ref: '#/$defs/source', description: 'The element that names it.' },
  applications: ids('Applications that deliver it; empty if none does.'),
};
const imageFacts = record({
  name: text('Prefix of its places, before `!/`.'),
  'digest?': text('`sha256:…` of its manifest.'),
  platform: text('`linux/amd64` for instance.'),
  homes: list(
    record({
      path: text('Folder of the server.'),
      'version?': text('Version of Micro Integrator.'),
      fileProperties: ids('Names that its `file.properties` sets.'),
    }),
    'Servers in it; none in an image that has only archives.',
  ),
  user: text('User it runs as, empty for root.'),
  entrypoint: ids('What it starts.'),
  command: ids('Arguments it starts with.'),
  environment: {
    type: 'object',
    additionalProperties: { type: 'string' },
    description: 'Its environment; values that may be secrets are hidden.',
  },
  layers: count('Layers.'),
  'leaseGuard?': flag('It has lease-guard, so its workloads can be fenced; missing if it has none.'),
  notRead: record({
    archives: list(
      record({ path: text('Path in the image.'), reason: text('Why it was not read.') }),
      'Archives that none of its servers deploys.',
    ),
    platforms: ids('Other platforms of the same tag.'),
    files: count('Files, folders and links that are known only by name.'),
    bytes: count('Their bytes.'),
  }),
});
const packaged = {
  state: choice(['created', 'updated', 'unchanged', 'refused'], 'What happened to the folder.'),
  mode: choice(['roles', 'archives'], 'How the plan reaches the servers.'),
  roles: ids('Server roles that the archives carry.'),
  sets: list(
    record({
      name: text('Name of the set; `image` for the one that all workloads share.'),
      workloads: ids('Workloads that run it.'),
      archives: list(
        record({
          file: text('File name.'),
          application: text('Application it delivers.'),
          name: text('Name of the application.'),
          version: text('Version of the application.'),
          digest: text('`sha256:…` of its bytes.'),
          size: count('Bytes.'),
        }),
        'Archives in the set.',
      ),
      'volumeDigest?': text('With `--format volume`: digest of the image in `oci/`.'),
      'volumeReferences?': ids('With `--push`: where that image is now, `registry/repository@sha256:…`.'),
      'configMaps?': {
        type: 'object',
        additionalProperties: { type: 'string' },
        description: 'With `--format configmap`: name of the ConfigMap of each archive, by file name.',
      },
    }),
    'What is deployed together.',
  ),
  pushed: list(
    record({
      set: text('Name of the set.'),
      reference: text('`registry/repository@sha256:…`.'),
      'tag?': text('Tag that it also has.'),
      state: choice(['pushed', 'already-there'], '`already-there`: nothing was sent.'),
    }),
    'What `--push` sent to a registry.',
  ),
};

/** Definitions that several documents use. */
const definitions = {
  ...rolloutDefinitions,
  source: record(place, 'A place in a file.'),
  diagnostic: record(
    {
      code: text('Permanent code, see diagnostics.md.'),
      severity: choice(['error', 'warning', 'info'], 'An error makes the exit code 1 or 2.'),
      message: text('What is wrong.'),
      hint: text('What to do next.'),
      'source?': { $ref: '#/$defs/source', description: 'Where.' },
      'related?': list({ $ref: '#/$defs/source' }, 'Other places that belong to it.'),
      'artifacts?': ids('Artifacts it is about.'),
      'volume?': {
        ...record({ path: text('Path.'), workloads: ids('Workloads.') }),
        description: 'One volume, mounted at or above the path in each of the workloads, settles it.',
      },
    },
    'One finding.',
  ),
  verdict: record(
    {
      class: choice(verdictClasses, 'How the entry point behaves when several pods run it.'),
      because: text('Why, in a sentence.'),
      evidence: record({ ...place, text: text('What stands there.') }, 'The line that decides.'),
      'undecided?': choice(
        ['custom-class', 'value-of-the-server', 'unknown-protocol'],
        'Set if the class is a cautious guess.',
      ),
      'overridden?': record(
        { found: choice(verdictClasses, 'What was found.'), reason: text('Reason written in the configuration.') },
        'Set when the configuration overrides it.',
      ),
    },
    'How an entry point behaves when several pods run it.',
  ),
  reference: record(
    {
      from: text('Artifact that refers.'),
      to: text('Artifact referred to, or the expression of a dynamic reference.'),
      via: text(
        'Element and attribute, for example `sequence/@key`. For what a template finds by a parameter: what gives the value, and for what, as in `with-param[@name="store"] for store/@messageStore of template/Keep`.',
      ),
      relation: choice(
        [
          'uses',
          'stores-into',
          'consumes-from',
          'injects-into',
          'calls-loopback',
          'binds-to',
          'dispatches-to',
          'offers-tool',
          'needs-class',
        ],
        'What it means.',
      ),
      state: choice(['resolved', 'missing', 'dynamic', 'builtin'], 'Whether the target was found.'),
      'port?': count('For a call to its own server: a port that MI has only by default.'),
      'method?': text('For a call: the HTTP method that the endpoint gives it; absent if it keeps its own.'),
      'always?': flag('Each message that reaches `from` goes on to `to`, without any condition.'),
      source: { $ref: '#/$defs/source', description: 'Where.' },
    },
    'An edge from one artifact to another.',
  ),
} as const satisfies Fields;

/** One document: its schema, and when it is printed. */
export interface JsonDocument {
  readonly title: string;
  readonly when: string;
  readonly schema: JsonSchema;
}

const formatVersion: JsonSchema = {
  const: jsonFormatVersion,
  description: 'Version of the document. Adding a field does not change it.',
};

function document(title: string, when: string, fields: Fields): JsonDocument {
  const body = record({ formatVersion, ...fields });
  const used = new Set<string>();
  const collect = (value: unknown): void => {
    for (const [, name = ''] of JSON.stringify(value).matchAll(/"#\/\$defs\/(\w+)"/g)) {
      if (used.has(name)) continue;
      used.add(name);
      collect(definitions[name as keyof typeof definitions]);
    }
  };
  collect(body);
  const $defs = Object.fromEntries(Object.entries(definitions).filter(([name]) => used.has(name)));
  return {
    title,
    when,
    schema: {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title,
      description: when,
      ...body,
      ...(used.size > 0 ? { $defs } : {}),
    },
  };
}

/** The documents that `--json` prints, by the name of their schema. */
export const jsonSchemas: Readonly<Record<string, JsonDocument>> = {
  failure: document('failure', 'Printed by every command that ends before its work is done (exit code 2 or 3).', {
    diagnostics: several('diagnostic', 'Why.'),
  }),
  scan: document('scan', 'Printed by `mi-patterns scan --json`.', {
    artifacts: list(
      record({
        ...artifact,
        'duplicates?': list({ $ref: '#/$defs/source' }, 'Other places where the same kind and name was read.'),
        'verdict?': one('verdict', 'Set for entry points.'),
      }),
      'Every artifact, sorted by id.',
    ),
    references: several('reference', 'Every reference.'),
    applications: list(
      record({
        id: text('`name_version`.'),
        type: choice(['project', 'exporter', 'archive', 'server'], 'What it was read from.'),
        name: text('Name.'),
        version: text('Version.'),
        source: one('source', 'Its project file, archive or folder.'),
        'runtimeVersion?': text('Version of Micro Integrator that it is for.'),
      }),
      'What is deployed as one unit.',
    ),
    'images?': list(imageFacts, 'Container images that were read.'),
    diagnostics: several('diagnostic', 'Findings of the inventory.'),
  }),
  explain: document('explain', 'Printed by `mi-patterns explain --json`.', {
    ...artifact,
    facts: {
      type: 'object',
      required: ['kind'],
      description: 'What its XML says; the keys depend on the kind. Values that look like secrets are hidden.',
    },
    effects: list(
      record({
        type: text('What is done, for example `registry-write`.'),
        subject: text('Key, name or class.'),
        dynamic: flag('The subject is an expression.'),
        source: one('source', 'Where.'),
      }),
      'State or work in one server, found in its flow.',
    ),
    'verdict?': one('verdict', 'Set for entry points.'),
    needs: several('reference', 'References it makes.'),
    reaches: ids('Everything it reaches.'),
    neededBy: several('reference', 'References to it.'),
    entryPoints: ids('Entry points whose work reaches it.'),
    workloads: ids('Workloads where it is active.'),
    diagnostics: several('diagnostic', 'Findings that touch it.'),
  }),
  meaning: document('meaning', 'Printed by `mi-patterns explain --json` for a code or a word such as `broker-safe`.', {
    name: text('The code or word.'),
    type: choice(['code', 'word'], 'Which of them.'),
    'severity?': choice(['error', 'warning', 'info'], 'Usual severity of the code.'),
    title: text('What it is, in a few words.'),
    meaning: text('What it means.'),
    whatToDo: text('What to do next.'),
    'findings?': several('diagnostic', 'Findings with the code, if paths are given.'),
  }),
  plan: document('plan', 'Printed by `mi-patterns plan --json`.', {
    pattern: choice(patterns, 'The pattern.'),
    patternBecause: text('Why this one.'),
    coordination: choice(['isolate', 'database'], 'How stateful artifacts are kept from running twice.'),
    delivery: choice(['roles', 'archives'], 'How the plan reaches the servers.'),
    workloads: list(
      record({
        ...workloadName,
        'withoutStandby?': text('Why there is no standby, if recovery is fenced.'),
        'recovery?': choice(
          ['respawn', 'fenced', 'at-most-one'],
          'How it recovers from a lost pod or node; stateful workloads only.',
        ),
        'role?': text('Its only server role.'),
        roles: ids('Server roles its servers start with, beyond those of Micro Integrator.'),
        entryPoints: ids('Entry points that start work here.'),
        stateful: ids('Entry points that must run only here.'),
        artifacts: ids('Everything they need, themselves included.'),
        because: text('Why the workload exists.'),
        ports: list(
          record({
            name: text('Name.'),
            number: count('Port.'),
            protocol: choice(['http', 'https', 'ws', 'wss', 'tcp', 'grpc', 'udp'], 'Protocol.'),
            artifact: text('Artifact that listens.'),
          }),
          'Ports of listening artifacts.',
        ),
        http: ids("Entry points that answer on MI's own HTTP ports."),
        affinity: ids('Artifacts whose clients must return to the same pod.'),
        persistence: list(
          record({
            artifact: text('Artifact.'),
            what: choice(['registry', 'offsets', 'shared-directory'], 'What is kept.'),
            'folder?': text("The folder that holds it, absolute or in MI's home, if it is known."),
            because: text('Why.'),
          }),
          'State that should survive a pod.',
        ),
        directories: list(
          record({
            artifact: text('Artifact.'),
            path: text('Path in the pod.'),
            way: choice(['takes', 'puts'], 'Whether the artifact takes files from it or puts files into it.'),
          }),
          'Directories of the pods that are of use only on a volume.',
        ),
      }),
      'One Deployment or StatefulSet each.',
    ),
    cost: record(
      {
        ...cost,
        serverStarts: count('Servers that start when everything starts.'),
        downtime: list(
          record({
            workload: text('Workload.'),
            podLoss: count('Seconds without it when its pod is lost.'),
            nodeLoss: count('Seconds without it when its node is lost.'),
            'waitsForNode?': flag('No other pod starts before the node is back or removed: `nodeLoss` is the least.'),
            'requestsFail?': record(
              {
                oneOf: count('One in this many requests.'),
                seconds: count('Seconds until Kubernetes gives up the node.'),
              },
              'Requests that are sent to the lost node in the meantime.',
            ),
            cutOff: text('What happens while its node is cut off and its pod keeps running.'),
            imageChange: text('What happens when the image changes.'),
            because: text('Why.'),
          }),
          'What the loss of a pod or node costs, for each workload that is not paused.',
        ),
      },
      'What the plan costs.',
    ),
    alternatives: list(
      record({ name: text('The choice.'), ...cost, 'refused?': text('Why a plan of this choice has an error.') }),
      'The same artifacts under the other choices.',
    ),
    roles: {
      type: 'object',
      additionalProperties: { type: 'string' },
      description: 'Server role of each stateful entry point, by id.',
    },
    readiness: record(readiness, 'What decides whether each pod becomes ready.'),
    verdicts: {
      type: 'object',
      additionalProperties: { $ref: '#/$defs/verdict' },
      description: 'Verdict of each entry point, by id.',
    },
    diagnostics: several('diagnostic', 'Findings of the planner.'),
  }),
  package: document('package', 'Printed by `mi-patterns package --json`.', {
    out: text('The folder.'),
    'from?': text('With `--from`: the image that a layer was added to; then there are no sets.'),
    'digest?': text('With `--from`: `sha256:…` of the manifest of the new image.'),
    'rewritten?': ids('With `--from`: paths of the archives in the image whose server roles changed.'),
    ...packaged,
    files: ids('Files written, relative to the folder.'),
    diagnostics: several('diagnostic', 'Findings.'),
  }),
  generate: document('generate', 'Printed by `mi-patterns generate --json`.', {
    environments: list(
      record({
        name: text('Environment.'),
        pattern: choice(patterns, 'Its pattern.'),
        workloads: list(record(workloadName), 'Its workloads.'),
      }),
      'Environments, in the order of the configuration.',
    ),
    files: list(
      record({
        path: text('File.'),
        state: choice(
          ['created', 'updated', 'unchanged', 'refused'],
          'What happened to it. If one is refused, none is written.',
        ),
      }),
      'Values files and their schema.',
    ),
    packages: list(
      record({ path: text('Folder.'), ...packaged }),
      'What the values files deploy; empty with `--no-package`.',
    ),
    diagnostics: several('diagnostic', 'Findings.'),
  }),
  validate: document('validate', 'Printed by `mi-patterns validate --json`.', {
    files: list(
      record({ path: text('File.'), diagnostics: several('diagnostic', 'Its faults, in the order of lines.') }),
      'Files, in the order given.',
    ),
    diagnostics: several('diagnostic', 'All faults.'),
  }),
  test: document('test', 'Printed by `mi-patterns test --json`.', {
    chart: text('The chart.'),
    kubernetesVersions: ids('Versions of Kubernetes that it was tested with.'),
    tools: ids('Tools that were used, with their versions.'),
    rows: list(
      record({
        step: choice(
          ['schema-document', 'unit-tests', 'lint', 'schema', 'render', 'kubernetes', 'rules'],
          'What was checked.',
        ),
        subject: text('Values file, `chart defaults`, or `chart` for checks that run once.'),
        outcome: {
          description: 'Result.',
          oneOf: [
            record({ state: { const: 'ok' }, detail: text('How much was checked.') }),
            record({
              state: { const: 'failed' },
              detail: text('How much was found.'),
              diagnostics: several('diagnostic', 'What was found.'),
            }),
            record({ state: { const: 'skipped' }, reason: text('Why.') }),
          ],
        },
      }),
      'Chart first, then each values file.',
    ),
    summary: record(
      {
        ok: count('Rows that passed.'),
        failed: count('Rows that failed.'),
        skipped: count('Rows that were skipped.'),
      },
      'Rows counted.',
    ),
    toolFailed: flag('A tool is missing or failed, so the result is unknown.'),
    passed: flag('Whether all rows passed.'),
    diagnostics: several('diagnostic', 'All findings.'),
    'upgrade?': several('diagnostic', 'With `--against`: what an upgrade from the older chart would break.'),
  }),
  audit: document('audit', 'Printed by `mi-patterns audit --json`.', auditDocument),
  ...Object.fromEntries(
    Object.entries(rolloutDocuments).map(([name, fields]) => [
      name,
      document(name, `Printed by \`mi-patterns ${name === 'comparison' ? 'diff --against' : name} --json\`.`, fields),
    ]),
  ),
};
