import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ordersPlan } from '../test/plans.ts';
import { places, show } from '../test/show.ts';
import { catalogue } from './catalogue.ts';
import { readValues, validateValues, type ValidateOptions } from './validate.ts';

const check = (text: string, options?: ValidateOptions): string => show(validateValues(text, 'v.yaml', options));
const where = (text: string, options?: ValidateOptions): readonly string[] =>
  places(validateValues(text, 'v.yaml', options));
const coordinated = (workloads: string): string => `pattern: coordinated\nworkloads:\n${workloads}`;

describe('validateValues: the schema', () => {
  it('takes an empty file: the chart has a value for everything', () => {
    expect(validateValues('', 'v.yaml', { release: 'orders' })).toEqual([]);
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
        \`image.tag\` is the number 1.1 (written \`1.10\`); expected is text.
        Put it in quotes: \`tag: "1.10"\`. (Tag; runtime.version when empty.)
      4:11 MI-VALUES-FORMAT
        \`image.digest\` is the text \`latest\`, which is not a digest such as sha256: and 64 hexadecimal digits.
        Copy the digest from the registry: \`sha256:…\`. (Digest; wins over the tag.)
      7:5 MI-VALUES-UNKNOWN-KEY
        There is no key \`replicaas\` in \`workloads.tasks\`.
        Did you mean \`replicas\`?
      8:15 MI-VALUES-TYPE
        \`workloads.tasks.replicas\` is the text \`abc\`; expected is a whole number.
        Write a number, \`replicas: 2\` for instance. (Pods. From workloadDefaults only stateless workloads inherit it.)
      9:17 MI-VALUES-TYPE
        \`workloads.tasks.heap.max\` is the number 512; expected is text.
        Write text, \`max: 512Mi\` for instance. (Size of a JVM heap in whole Mi or Gi.)"
    `);
  });

  it('says where a key belongs that stands in the wrong place', () => {
    expect(check('replicas: 3\n')).toContain('It belongs elsewhere: `workloadDefaults.replicas`');
    expect(check('heap: {max: 1Gi}\n')).toContain('`workloadDefaults.heap` or `workloads.<name>.heap`');
  });

  it('reduces oneOf and anyOf to the branch that was meant', () => {
    expect(
      check(
        'env:\n  A: {secretKeyReff: {name: a, key: b}}\n  B: {secretKeyRef: {name: a}}\n  C: [1]\n  D: {}\n  E: {secretKeyRef: {name: a, key: b}, fieldRef: {fieldPath: x}}\n',
      ),
    ).toMatchInlineSnapshot(`
      "2:7 MI-VALUES-UNKNOWN-KEY
        There is no key \`secretKeyReff\` in \`env.A\`.
        Did you mean \`secretKeyRef\`?
      3:7 MI-VALUES-MISSING
        \`env.B.secretKeyRef\` has no \`key\`.
        Add \`key\`: Key in the Secret.
      4:6 MI-VALUES-TYPE
        \`env.C\` is a list of 1; expected is text, a number, true or false or a mapping with \`secretKeyRef\`, \`configMapKeyRef\`, \`fieldRef\` or \`resourceFieldRef\`.
        It holds: Text, a number, a boolean, or the valueFrom of a Kubernetes EnvVar.
      5:6 MI-VALUES-RANGE
        \`env.D\` is an empty mapping; it must be not empty.
        It holds: Where Kubernetes takes the value from: secretKeyRef, configMapKeyRef, fieldRef, resourceFieldRef or fileKeyRef.
      6:6 MI-VALUES-RANGE
        \`env.E\` is a mapping (\`secretKeyRef\` and \`fieldRef\`); it must be a mapping of at most 1 key.
        It holds: Where Kubernetes takes the value from: secretKeyRef, configMapKeyRef, fieldRef, resourceFieldRef or fileKeyRef."
    `);
  });

  it('knows what Helm reads: yes is true, and null takes a default away', () => {
    expect(where('ingress: {enabled: yes, hosts: {h: {}}}\nservice:\n')).toEqual([]);
    expect(where('ingress: {enabled: "yes"}\nworkloads: {a: {heap: {max:}}}\n')).toEqual([
      '1:20 MI-VALUES-TYPE',
      '2:24 MI-VALUES-TYPE',
    ]);
  });

  it('tells wrong names at the key', () => {
    expect(check(coordinated('  Order_Task: {}\n'))).toMatchInlineSnapshot(`
      "3:3 MI-VALUES-FORMAT
        The key \`Order_Task\` of \`workloads\` is not lower-case letters, digits and hyphens, starting and ending with a letter or digit.
        Use a name such as \`order-task\`."
    `);
  });

  it('takes a fault of an earlier file to the nearest key of this one', () => {
    const below = [{ workloads: { a: { replicas: 'x' } } }];
    expect(where('image: {tag: a}\nworkloads:\n  a: {type: stateless}\n', { below })).toEqual(['3:3 MI-VALUES-TYPE']);
    expect(where('workloads: {a: {replicas: 1}}\n', { below })).toEqual([]);
  });
});

describe('validateValues: the patterns', () => {
  it('single-replica has one pod', () => {
    expect(check('workloads:\n  a: {replicas: 2}\n  b: {autoscaling: {enabled: true}}\n')).toMatchInlineSnapshot(`
      "2:3 MI-VALUES-SINGLE-REPLICA
        \`single-replica\` runs everything in one workload, but there are 2: \`a\` and \`b\`.
        Leave one workload, or use \`pattern: coordinated\`.
      2:17 MI-VALUES-SINGLE-REPLICA
        The workload \`a\` has 2 replicas, but \`single-replica\` runs one pod.
        Set \`replicas: 1\`, or choose another pattern.
      3:30 MI-VALUES-SINGLE-REPLICA
        The workload \`b\` is scaled automatically, but \`single-replica\` runs one pod.
        Set \`autoscaling.enabled: false\`."
    `);
    expect(where('workloadDefaults:\n  replicas: 3\n')).toEqual(['2:13 MI-VALUES-SINGLE-REPLICA']);
    expect(where('workloads: {a: {replicas: 2, enabled: false}, b: {}}\n')).not.toContain(
      '1:11 MI-VALUES-SINGLE-REPLICA',
    );
  });

  it('multiple-replicas has nothing stateful and two pods', () => {
    expect(
      where(
        'pattern: multiple-replicas\nworkloads:\n  a:\n    replicas: 1\n    type: stateful\n    artifacts: {stateful: [task/x]}\n',
      ),
    ).toEqual(['4:15 MI-VALUES-MULTIPLE-REPLICAS', '5:11 MI-VALUES-MULTIPLE-REPLICAS']);
    expect(
      where(
        'pattern: multiple-replicas\nworkloads: {a: {replicas: 1, autoscaling: {enabled: true, minReplicas: 1}}}\n',
      ),
    ).toContain('2:72 MI-VALUES-MULTIPLE-REPLICAS');
    expect(where('pattern: multiple-replicas\nworkloads: {a: {replicas: 2}}\n')).toEqual([]);
  });

  it('coordinated runs a stateful workload once', () => {
    expect(
      where(
        coordinated(
          '  t:\n    type: stateful\n    replicas: 2\n    autoscaling: {enabled: true}\n    strategy: {maxSurge: 1}\n    artifacts: {stateful: [task/x]}\n',
        ),
      ),
    ).toEqual(['5:15 MI-VALUES-COORDINATED', '6:28 MI-VALUES-COORDINATED', '7:15 MI-VALUES-COORDINATED']);
    expect(
      where(
        `workloadDefaults: {replicas: 5, autoscaling: {enabled: true}}\n${coordinated('  t: {type: stateful, artifacts: {roles: [T], stateful: [task/x]}}\n  a: {}\n')}`,
      ),
    ).toEqual([]);
    expect(where(coordinated('  t: {type: stateful}\n'))).toEqual(['3:6 MI-VALUES-STATEFUL-EMPTY']);
  });

  it('coordinated isolates a stateful workload by a role or by its archives', () => {
    const beside = (workload: string, release = ''): readonly string[] =>
      where(
        `${release}${coordinated(`  a: {type: stateless, replicas: 2}\n  t:\n    type: stateful\n    artifacts: {stateful: [task/x]${workload}}\n`)}`,
      );
    expect(beside('')).toEqual(['5:11 MI-VALUES-NOT-ISOLATED']);
    expect(beside(', roles: [R]')).toEqual([]);
    expect(beside(', source: configMap, configMap: {archives: {t.car: {name: t, key: t.car}}}')).toEqual([]);
    expect(beside('}\n    deploymentToml: {server: {roles: [R]}')).toEqual([]);
    expect(beside('', 'deploymentToml: {server: {roles: [R]}}\n')).toEqual(['6:11 MI-VALUES-NOT-ISOLATED']);
  });

  it('a stateful artifact and its role have one workload', () => {
    const text = coordinated(
      '  a: {type: stateful, artifacts: {roles: [R], stateful: [task/x]}}\n  b: {type: stateful, artifacts: {roles: [S, R], stateful: [task/y, task/x]}}\n',
    );
    const diagnostics = validateValues(text, 'v.yaml');
    expect(places(diagnostics)).toEqual(['4:46 MI-VALUES-ROLE-TWICE', '4:69 MI-VALUES-STATEFUL-TWICE']);
    expect(diagnostics.map(({ related }) => related?.[0])).toEqual([
      { path: 'v.yaml', line: 3, column: 43 },
      { path: 'v.yaml', line: 3, column: 58 },
    ]);
  });

  it('compares the roles that the release lists with those of the workloads', () => {
    const text = (roles: string): string =>
      `pattern: coordinated\nartifacts:\n  roles: ${roles}\nworkloads:\n  a: {type: stateful, artifacts: {roles: [RoleA], stateful: [task/A]}}\n`;
    expect(where(text('[RoleA]'))).toEqual([]);
    expect(where(text('[RoleA, RoleB]'))).toEqual(['3:18 MI-VALUES-ROLE-UNUSED']);
    expect(where(text('[RoleB]'))).toEqual(['3:11 MI-VALUES-ROLE-UNUSED', '5:43 MI-VALUES-ROLE-UNKNOWN']);
  });

  it('lets the one workload of a single replica carry every listed role', () => {
    expect(where('pattern: single-replica\nartifacts:\n  roles: [RoleA]\n')).toEqual([]);
  });

  it('roles that only stateless workloads share are fine', () => {
    expect(where(coordinated('  a: {artifacts: {roles: [R]}}\n  b: {artifacts: {roles: [R]}}\n'))).toEqual([]);
  });

  it('workloads do not share a coordination database', () => {
    const database = (workloads: string): readonly string[] =>
      where(
        `pattern: coordinated\ncoordination: {mode: database, database: {url: "jdbc:r", driver: r.Driver}}\nworkloads: {${workloads}}\n`,
      );
    expect(database('a: {}, b: {}')).toEqual(['2:22 MI-VALUES-COORDINATION-DATABASE']);
    expect(database('a: {}, b: {coordination: {database: {url: "jdbc:x"}}}')).toEqual([]);
    expect(database('a: {type: stateful, replicas: 3, artifacts: {stateful: [task/x]}}')).toEqual([]);
  });

  it('names stay within 63 characters with the release', () => {
    const key = 'k'.repeat(40);
    expect(where(`workloads: {${key}: {}}\n`, { release: 'r'.repeat(22) })).toEqual([]);
    expect(check(`workloads: {${key}: {}}\n`, { release: 'r'.repeat(23) })).toContain(
      'gets names of 64 characters (its objects)',
    );
    expect(
      where(
        `pattern: coordinated\nworkloads: {${key}: {type: stateful, recovery: at-most-one, artifacts: {stateful: [task/x]}}}\n`,
        { release: 'r'.repeat(12) },
      ),
    ).toEqual([`2:55 MI-VALUES-NAME-LENGTH`]);
  });

  it('a fenced workload is stateful and has times that leave room, and only such a one has a standby', () => {
    const fenced = (
      fencing: string,
      workload = 'type: stateful, recovery: fenced, artifacts: {stateful: [task/x]}',
    ): readonly string[] => where(`pattern: coordinated\nfencing: {${fencing}}\nworkloads: {t: {${workload}}}\n`);
    expect(fenced('image: acme/guard')).toEqual([]);
    expect(fenced('')).toEqual([]);
    expect(fenced('leaseSeconds: 29')).toEqual(['2:25 MI-VALUES-FENCING']);
    expect(fenced('leaseSeconds: 30')).toEqual([]);
    expect(fenced('renewSeconds: 11')).toEqual(['2:1 MI-VALUES-FENCING']);
    const standby = 'type: stateful, recovery: fenced, standby: cold, artifacts: {stateful: [task/x]}';
    expect(fenced('leaseSeconds: 15', standby)).toEqual([]);
    expect(fenced('leaseSeconds: 14', standby)).toEqual(['2:25 MI-VALUES-FENCING']);
    expect(fenced('', standby.replace('fenced', 'respawn'))).toEqual(['3:61 MI-VALUES-FENCING']);
    expect(fenced('image: acme/guard', 'type: stateless, recovery: fenced')).toEqual(['3:44 MI-VALUES-FENCING']);
    expect(
      check(
        'pattern: coordinated\ncoordination: {mode: database}\nfencing: {image: acme/guard}\nworkloads: {t: {type: stateful, recovery: fenced, artifacts: {stateful: [task/x]}}}\n',
      ),
    ).toContain('its servers agree through the database');
  });

  it('no public route leads to a stateful or unknown workload', () => {
    const routes =
      'ingress: {enabled: true, hosts: {h: {paths: {/a: {workload: t}}}}}\ngateway: {enabled: true, parentRefs: {p: {name: p}}, paths: {/: {workload: aa}}}\nroute: {enabled: true, workload: a}\n';
    expect(
      where(`${routes}${coordinated('  t: {type: stateful, artifacts: {roles: [T], stateful: [task/x]}}\n  a: {}\n')}`),
    ).toEqual(['1:61 MI-VALUES-STATEFUL-EXPOSED', '2:76 MI-VALUES-NO-WORKLOAD']);
    const more =
      'ingress: {enabled: true, additional: {in: {hosts: {h: {paths: {/a: {workload: t}}}}}}}\ngateway: {enabled: true, parentRefs: {p: {name: p}}, rules: {r: {backends: {aa: {}}}}, additional: {i: {rules: {r: {backends: {t: {}}}}}}}\n';
    expect(
      where(`${more}${coordinated('  t: {type: stateful, artifacts: {roles: [T], stateful: [task/x]}}\n  a: {}\n')}`),
    ).toEqual(['1:79 MI-VALUES-STATEFUL-EXPOSED', '2:81 MI-VALUES-NO-WORKLOAD', '2:131 MI-VALUES-STATEFUL-EXPOSED']);
  });

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

  it('warns of secrets in plain text without repeating them', () => {
    const text = check('env: {DB_PASSWORD: hunter2, TOKEN: "$env{X}", API_KEY: {secretKeyRef: {name: a, key: b}}}\n');
    expect(text).toContain('1:20 MI-VALUES-SECRET-INLINE');
    expect(text).not.toContain('hunter2');
    expect(text.match(/INLINE/g)).toHaveLength(1);
  });
});

describe('readValues', () => {
  it('gives the content, or what is wrong with it', () => {
    expect(readValues('a: yes\n', 'v.yaml')).toEqual({ values: { a: true }, diagnostics: [] });
    expect(readValues('a: [', 'v.yaml')).not.toHaveProperty('values');
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
            release: 'r',
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
