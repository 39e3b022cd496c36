import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ordersPlan, plan, workload } from '../../test/plans.ts';
import { places, show } from '../../test/show.ts';
import { catalogue } from '../findings/catalogue.ts';
import { valuesSchema } from '../schema/schemas.ts';
import { validateValues, type ValidateOptions } from './validate.ts';

const check = (text: string, options?: ValidateOptions): string => show(validateValues(text, 'v.yaml', options));
const where = (text: string, options?: ValidateOptions): readonly string[] =>
  places(validateValues(text, 'v.yaml', options));
const coordinated = (workloads: string): string => `pattern: coordinated\nworkloads:\n${workloads}`;

describe('validateValues: the schema', () => {
  it('takes an empty file: the chart has a value for everything', () => {
    expect(validateValues('', 'v.yaml', {})).toEqual([]);
  });

  it('tells all faults at once, each with its place and the nearest key', () => {
    expect(
      check(
        'patern: coordinated\nimage:\n  tag: 1.10\n  digest: latest\nworkloads:\n  tasks:\n    replicaas: 3\n    replicas: abc\n    heap: {max: 512}\n',
      ),
    ).toMatchInlineSnapshot(`
      "1:1 MI-VALUES-UNKNOWN-KEY
        There is no key \`patern\` at the top of the file.
        Did you mean \`pattern\`?
      3:8 MI-VALUES-TYPE
        \`image.tag\` is the number 1.1 (written \`1.10\`); expected: text.
        Put it in quotes: \`tag: "1.10"\`. (Tag. Default: runtime.version.)
      4:11 MI-VALUES-FORMAT
        \`image.digest\` is the text \`latest\`, which is not a digest such as sha256: and 64 hexadecimal digits.
        Copy the digest from the registry: \`sha256:…\`. (Digest. Takes precedence over the tag.)
      7:5 MI-VALUES-UNKNOWN-KEY
        There is no key \`replicaas\` in \`workloads.tasks\`.
        Did you mean \`replicas\`?
      8:15 MI-VALUES-TYPE
        \`workloads.tasks.replicas\` is the text \`abc\`; expected: a whole number.
        Write a number, for example \`replicas: 2\`. (Number of pods. Stateful workloads do not inherit it from workloadDefaults.)
      9:17 MI-VALUES-TYPE
        \`workloads.tasks.heap.max\` is the number 512; expected: text.
        Write text, for example \`max: 512Mi\`. (-Xmx, in Mi or Gi.)"
    `);
  });

  it('says where a key belongs that stands in the wrong place', () => {
    expect(check('replicas: 3\n')).toContain('It belongs elsewhere: `workloadDefaults.replicas`');
    expect(check('heap: {max: 1Gi}\n')).toContain('`workloadDefaults.heap` or `workloads.<name>.heap`');
    expect(check('replicaCount: 3\n')).toContain('It belongs elsewhere: `workloadDefaults.replicas`.');
  });

  it('says what a key of Kubernetes or of other charts is called inside a workload', () => {
    expect(check('workloadDefaults: {volumes: []}\n')).toContain('Did you mean `extraVolumes`?');
    const found = check('workloads: {a: {topologySpreadConstraints: [], imagePullSecrets: []}}\n');
    expect(found).toContain('It belongs elsewhere: `workloads.a.topologySpread.constraints`.');
    expect(found).toContain('It belongs elsewhere: `image.pullSecrets`.');
    expect(check('env: {A: {valueFrom: {}}}\n')).toContain(
      'elsewhere: `env.A.secretKeyRef` or `env.A.configMapKeyRef`.',
    );
  });

  it('puts no number in quotes that is no text of the form', () => {
    const found = check('metrics: {serviceMonitor: {interval: 30}}\n');
    expect(found).toContain('Write text, for example `interval: 30s`.');
  });

  it('says of keys of other charts what the schema, and so helm, says of them', () => {
    const { wso2: _, ...elsewhere } = valuesSchema.dependencies ?? {};
    const wrong = Object.entries(elsewhere).filter(
      ([key, [place]]) => !new RegExp(`It belongs elsewhere: .*\`${place}\``).test(check(`${key}: {}\n`)),
    );
    expect(wrong).toEqual([]);
  });

  it('lists the keys here where the key is one of many other settings', () => {
    const found = check('workloadDefaults: {strategy: {type: Recreate}}\n');
    expect(found).toContain('Keys here: `maxSurge` and `maxUnavailable`.');
    expect(found).not.toContain('userStore');
  });

  it('names the key here that begins alike before those elsewhere', () => {
    expect(check('gateway: {hosts: [a.example]}\n')).toContain('Did you mean `hostnames`?');
  });

  it('names the keys that Kubernetes has', () => {
    expect(check('workloadDefaults: {podSecurityContext: {runAsuser: 5}}\n')).toContain('Did you mean `runAsUser`?');
    // As other charts call them: the word that looks most alike would be `egress`.
    expect(check('networkPolicy: {ingress: []}\n')).toContain('Did you mean `clients`?');
    expect(check('wso2: {}\n')).toContain('`mi-patterns init --from-helm-mi FILE` translates such a file.');
    expect(check('ingress: {tls: []}\n')).toContain('It belongs elsewhere: `ingress.hosts.NAME.tls`.');
    expect(check('tests: {containerSecurityContext: {text: x}}\n')).toContain('Use `allowPrivilegeEscalation`, ');
  });

  it('says in words what a text has to be', () => {
    expect(check('workloadDefaults: {podLabels: {team: a b}}\n')).toContain(
      '`workloadDefaults.podLabels.team` is the text `a b`, which is not a value of a label',
    );
    expect(check('runtime: {timezone: Mars/Olympus}\n')).toContain('which is not a time zone such as Europe/Berlin.');
  });

  it.each([
    ['Europe/Belin', 'Did you mean `Europe/Berlin`?'],
    ['Europe/berlin', 'Did you mean `Europe/Berlin`?'],
    ['MEZ', 'Name a zone of the IANA database'],
  ])('warns that Java does not know the time zone %s', (zone, hint) => {
    const said = check(`runtime: {timezone: ${zone}}\n`);
    expect(said).toContain(`Java does not know the time zone \`${zone}\` and uses UTC instead`);
    expect(said).toContain(hint);
  });

  it.each([
    ['UTC+2', 'GMT+2'],
    ['utc-05:30', 'GMT-05:30'],
  ])('says on which side of UTC the zone %s is', (zone, meant) => {
    const said = check(`runtime: {timezone: "${zone}"}\n`);
    expect(said).toContain(`Java takes \`${zone}\` for the other side of UTC`);
    expect(said).toContain(`Write \`${meant}\``);
  });

  // As `TZ=… java` says of each: none of them is UTC by mistake.
  it.each([
    'Europe/Berlin',
    'US/Pacific',
    'UTC',
    'Etc/GMT+5',
    'EST5EDT',
    'CET-1CEST',
    'GMT+02:00',
    'UTC0',
    'UTC+00:00',
    '""',
  ])('takes the time zone %s', (zone) => expect(check(`runtime: {timezone: ${zone}}\n`)).not.toContain('TIME-ZONE'));

  it('reduces oneOf and anyOf to the branch that was meant', () => {
    expect(check('env:\n  A: {secretKeyReff: {name: a, key: b}}\n  B: {secretKeyRef: {name: a}}\n  C: [1]\n  D: {}\n'))
      .toMatchInlineSnapshot(`
      "2:7 MI-VALUES-UNKNOWN-KEY
        There is no key \`secretKeyReff\` in \`env.A\`.
        Did you mean \`secretKeyRef\`?
      3:7 MI-VALUES-MISSING
        \`env.B.secretKeyRef\` has no \`key\`.
        Add \`key\`: Key in the Secret.
      4:6 MI-VALUES-TYPE
        \`env.C\` is a list of 1; expected: text, a number, true or false or a mapping with \`secretKeyRef\`, \`configMapKeyRef\`, \`fieldRef\` or \`resourceFieldRef\`.
        About this value: Text, or a source: secretKeyRef, configMapKeyRef, fieldRef, resourceFieldRef or fileKeyRef. Numbers and booleans become text.
      5:6 MI-VALUES-RANGE
        \`env.D\` is an empty mapping; it must be not empty.
        About this value: Text, or a source: secretKeyRef, configMapKeyRef, fieldRef, resourceFieldRef or fileKeyRef. Numbers and booleans become text."
    `);
  });

  it('knows what Helm reads: yes is true, and null takes a default away', () => {
    expect(where('ingress: {enabled: yes, hosts: {h: {}}}\nservice:\n')).toEqual([]);
    expect(where('ingress: {enabled: "yes"}\nworkloads: {a: {heap: {max: }, ports: {b: {port: }}}}\n')).toEqual([
      '1:20 MI-VALUES-TYPE',
      '2:44 MI-VALUES-TYPE',
    ]);
  });

  it('repeats no secret that was written in place of a reference', () => {
    const found = check(
      'keystores: {primary: {passwordSecret: hunter2}}\nicp: {secret: 12345}\nworkloadDefaults: {schedulerName: "-Da.password=hunter2 -Db"}\n',
    );
    expect(found).toContain('`keystores.primary.passwordSecret` is the text `[hidden]`; expected: a mapping');
    expect(found).toContain('`workloadDefaults.schedulerName` is the text `-Da.password=[hidden] -Db`');
    expect(found).not.toMatch(/hunter2|12345/);
    const below = check(
      'env: {DB_PASSWORD: {secretKeyRef: {name: "hunter2 X", key: k}}}\nkeystores: {primary: {secretName: s, key: k, alias: a, passwordSecret: {name: hunter2!, key: k}}}\n',
    );
    expect(below).toContain('`env.DB_PASSWORD.secretKeyRef.name` is the text `[hidden]`, which is not a name of');
    expect(below).not.toContain('hunter2');
    expect(check('serviceAccount: {automountToken: "yes"}\n')).toContain('is the text `yes`');
  });

  it('tells wrong names at the key', () => {
    expect(check(coordinated('  Order_Task: {}\n'))).toMatchInlineSnapshot(`
      "3:3 MI-VALUES-FORMAT
        The key \`Order_Task\` of \`workloads\` is not lower-case letters, digits and hyphens, starting and ending with a letter or digit.
        Use a name such as \`order-task\`."
    `);
  });
});

describe('validateValues: the plan', () => {
  it('everything of the plan is somewhere', () => {
    const text = coordinated(
      '  integration: {}\n  recurring-order-task: {type: stateful, artifacts: {roles: [Other], stateful: [task/other]}}\n',
    );
    expect(where(text, { plan: ordersPlan })).toEqual([
      '4:25 MI-VALUES-ROLE-UNUSED',
      '4:25 MI-VALUES-STATEFUL-MISSING',
    ]);
    expect(where(text, { plan: { ...ordersPlan, delivery: 'archives' } })).toEqual(['4:25 MI-VALUES-STATEFUL-MISSING']);
  });

  const directories = [
    { artifact: 'proxy-service/Bank', path: '/mnt/bank/in', way: 'takes' },
    { artifact: 'proxy-service/Bank', path: '/mnt/bank/done', way: 'puts' },
    { artifact: 'endpoint/Report', path: '/reports', way: 'puts' },
  ] as const;
  const files = plan({ pattern: 'single-replica', workloads: [workload({ name: 'files', directories })] });

  it('tells directories where the workload mounts no volume', () => {
    expect(check('workloads: {files: {}}\n', { plan: files })).toMatchInlineSnapshot(`
      "1:13 MI-VALUES-NO-VOLUME
        Workload files mounts no volume that others reach at /mnt/bank/in (proxy-service/Bank): files that are meant for it never get into the pod, so none are taken.
        Mount a volume there, or above, that others can reach: an entry of \`workloads.files.persistence\` with \`what: shared-directory\`, \`mountPath\` and \`existingClaim\`, or \`extraVolumes\` and \`extraVolumeMounts\`.
      1:13 MI-VALUES-NO-VOLUME
        Workload files mounts no volume that others reach at /reports (endpoint/Report): what is put there stays in the pod and is lost with it.
        Mount a volume there, or above, that others can reach: an entry of \`workloads.files.persistence\` with \`what: shared-directory\`, \`mountPath\` and \`existingClaim\`, or \`extraVolumes\` and \`extraVolumeMounts\`."
    `);
  });

  const at = (path: string): string => `extraVolumeMounts: {${path}: {name: bank}}`;
  const both = 'persistence: {reports: {existingClaim: r, mountPath: /reports/}}';
  it.each([
    ['at the directory', at('/mnt/bank/in')],
    ['with a slash at its end', at('/mnt/bank/in/')],
    ['above', at('/mnt')],
    ['of a part of a volume', 'extraVolumeMounts: {/mnt/bank: {name: bank, subPath: files}}'],
    ['of a file in it', at('/mnt/bank/in/first.csv')],
    ['of a claim', 'persistence: {bank: {existingClaim: b, mountPath: /mnt/bank}, reports: {mountPath: /reports}}'],
  ])('a volume answers for it: %s', (_, mount) => {
    const text = `workloads: {files: {${mount.startsWith('persistence') ? mount : `${mount}, ${both}`}}}\n`;
    expect(check(text, { plan: files })).not.toContain('mounts no volume that others reach at /mnt/bank/in');
    expect(check(text, { plan: files })).not.toContain('/reports');
  });

  it('takes no volume that goes with the pod, unless another container fills it', () => {
    const inDefaults = (volume: string, more = ''): string =>
      `workloadDefaults: {extraVolumes: {all: {${volume}}}, extraVolumeMounts: {/: {name: all}}${more}}\nworkloads: {files: {}}\n`;
    const told = ['2:13 MI-VALUES-NO-VOLUME', '2:13 MI-VALUES-NO-VOLUME'];
    expect(where(inDefaults('emptyDir: {}'), { plan: files })).toEqual(told);
    expect(where(inDefaults('ephemeral: {}'), { plan: files })).toEqual(told);
    expect(where(inDefaults('hostPath: {path: /data}'), { plan: files })).toEqual([]);
    const beside = (name: string): string =>
      `, extraContainers: {sftp: {image: "sftp:1", volumeMounts: [{name: ${name}, mountPath: /in}]}}`;
    expect(where(inDefaults('emptyDir: {}', beside('all')), { plan: files })).toEqual([]);
    expect(where(inDefaults('emptyDir: {}', beside('other')), { plan: files })).toEqual(told);
    const over =
      'extraVolumes: {all: {emptyDir: {}}}, extraVolumeMounts: {/reports: {name: all}}, persistence: {data: {mountPath: /}}';
    expect(where(`workloads: {files: {${over}}}\n`, { plan: files })).toEqual(['1:13 MI-VALUES-NO-VOLUME']);
  });

  it('takes volumes of all workloads, nothing of another folder, and asks no paused workload', () => {
    expect(
      where('workloadDefaults: {extraVolumeMounts: {/: {name: all}}}\nworkloads: {files: {}}\n', { plan: files }),
    ).toEqual([]);
    expect(where(`workloads: {files: {${at('/mnt/bank/inbox')}}}\n`, { plan: files })).toContain(
      '1:13 MI-VALUES-NO-VOLUME',
    );
    expect(where(`workloads: {files: {extraVolumeMounts: {/mnt: null}}}\n`, { plan: files })).toContain(
      '1:13 MI-VALUES-NO-VOLUME',
    );
    expect(where('workloads: {files: {paused: true}}\n', { plan: files })).toEqual([]);
  });
});

describe('validateValues: any text', () => {
  it('never throws, gives catalogued codes and places within the file', () => {
    const keys = fc.constantFrom(
      'pattern',
      'workloads',
      'workloadDefaults',
      'env',
      'replicas',
      'type',
      'artifacts',
      'stateful',
      'roles',
      'a',
      'image',
      'coordination',
      'mode',
      'autoscaling',
      'ports',
      '<<',
    );
    const value = fc.letrec((tie) => ({
      node: fc.oneof(
        { depthSize: 'medium' },
        fc.constantFrom('stateful', 'coordinated', 'database', 'multiple-replicas', 1, 3, true, null, [], {}, 'task/x'),
        fc.dictionary(keys, tie('node'), { maxKeys: 4 }),
        fc.array(tie('node'), { maxLength: 3 }),
      ),
    })).node;
    fc.assert(
      fc.property(
        fc.oneof(
          { weight: 4, arbitrary: fc.dictionary(keys, value).map((data) => JSON.stringify(data, null, 1)) },
          { weight: 1, arbitrary: fc.string() },
        ),
        (text) => {
          const lines = text.split('\n').length;
          for (const { code, source, message, hint } of validateValues(text, 'v.yaml', {
            plan: ordersPlan,
          })) {
            expect(Object.hasOwn(catalogue, code)).toBe(true);
            expect(source?.line).toBeGreaterThan(0);
            expect(source?.line).toBeLessThanOrEqual(lines);
            expect(`${message}${hint}`).not.toMatch(/undefined|\[object|something else/);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

it('tells a setting that arrives in another form than it is written, and no other', () => {
  const text = [
    'env: {A: 1.10, B: 0123, C: yes, D: 1e3, E: 8080, F: "1.10", G: True, H: -1.5, I: null, J: {secretKeyRef: {name: s, key: k, optional: yes}}}',
    'properties: {a: 0x1F, b: 12, db.password: 0123}',
    'workloads: {x: {env: {A: 1_000}, heap: {max: 1Gi}, replicas: 0x1, service: {annotations: {p: on, q: true}}}}',
    'deploymentToml: {server: {offset: 10, hostname: 1.10, on: yes, t: 1e3, h: 0x1F, r: 0.50, s: 2.0}, a: [{id: 007}], secrets: {db: 0123}}',
    'extraObjects: {x: {metadata: {annotations: {a: yes}}}}',
  ].join('\n');
  const found = validateValues(text, 'v.yaml').filter(({ code }) => code === 'MI-VALUES-WRITTEN');
  expect(found.map(({ message }) => message)).toEqual([
    '`A` is written as 1.10, which YAML reads as 1.1, so the server gets 1.1.',
    '`B` is written as 0123, which YAML reads as 83, so the server gets 83.',
    '`C` is written as yes, which YAML reads as true, so the server gets true.',
    '`D` is written as 1e3, which YAML reads as 1000, so the server gets 1000.',
    '`a` is written as 0x1F, which YAML reads as 31, so the server gets 31.',
    '`db.password` is no text to YAML, so the server gets another one than is written.',
    '`A` is written as 1_000, which YAML reads as 1000, so the server gets 1000.',
    '`p` is written as on, which YAML reads as true, so the annotation is true.',
    '`hostname` is written as 1.10, which YAML reads as 1.1, so the server gets 1.1.',
    '`id` is written as 007, which YAML reads as 7, so the server gets 7.',
    '`db` is no text to YAML, so the server gets another one than is written.',
  ]);
  expect(found[0]).toMatchObject({ severity: 'warning', hint: 'Put it in quotes: `"1.10"`.' });
});
