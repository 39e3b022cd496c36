import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { residentHelm } from '@mi-patterns/helm/test-resident';
import { runCommandLine } from '../command-line.ts';

const example = join(import.meta.dirname, '../../../../examples/orders');
let folder: string;

interface Said {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

async function run(...words: string[]): Promise<Said> {
  let out = '';
  let err = '';
  const exitCode = await runCommandLine(words, {
    cwd: folder,
    environment: {},
    stdout: (text) => void (out += text),
    stderr: (text) => void (err += text),
    columns: undefined,
    colour: false,
    interactive: false,
    ...residentHelm,
  });
  return { exitCode, out, err };
}

/** Runs `generate` with a configuration of the sample. */
function generate(configuration: string, ...words: string[]): Promise<Said> {
  writeFileSync(
    join(folder, 'mi-patterns.yaml'),
    `artifacts: [.]\nimage: {repository: acme/orders, tag: 1.2.0}\n${configuration}`,
  );
  return run('generate', ...words);
}

/** Says of the sample that it is written for another version of Micro Integrator. */
function writtenFor(version: string): void {
  const pom = join(folder, 'pom.xml');
  writeFileSync(pom, readFileSync(pom, 'utf8').replace('runtime.version>4.4.0<', `runtime.version>${version}<`));
}

const text = (file: string): string => readFileSync(join(folder, file), 'utf8');

/** The sample without its configuration. */
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'generate-'));
  cpSync(example, folder, { recursive: true, filter: (file) => !file.endsWith('mi-patterns.yaml') });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('tells what YAML makes of a setting in a values file that it reads, at its line and once', async () => {
  writeFileSync(join(folder, 'common.yaml'), 'pattern: coordinated\nenv:\n  VERSION: 1.10\n');
  const { out, exitCode } = await generate(
    'valuesFiles: [common.yaml]\nenvironments: {dev: {}, prod: {namespace: prod}}',
    '--out',
    'deploy',
    '--no-package',
    '--json',
  );
  const { diagnostics } = JSON.parse(out) as { diagnostics: readonly { code: string }[] };
  expect(exitCode).toBe(0);
  expect(diagnostics.filter(({ code }) => code === 'MI-VALUES-WRITTEN')).toMatchObject([
    {
      message: '`VERSION` is written as 1.10, which YAML reads as 1.1, so the server gets 1.1.',
      source: { path: 'common.yaml', line: 3, column: 12 },
    },
  ]);
});

describe('directories of file consumers', () => {
  const volume =
    'values: {workloads: {bank-inbound: {persistence: {bank: {existingClaim: bank, mountPath: /mnt/bank}}}}}\n';

  it('need a volume in the workload that takes files from them, and validate says so as well', async () => {
    mkdirSync(join(folder, 'src/main/wso2mi/artifacts/inbound-endpoints'));
    writeFileSync(
      join(folder, 'src/main/wso2mi/artifacts/inbound-endpoints/Bank.xml'),
      `<inboundEndpoint xmlns="http://ws.apache.org/ns/synapse" name="Bank" protocol="file" sequence="main" onError="fault" suspend="false">
         <parameters>
           <parameter name="interval">1000</parameter>
           <parameter name="transport.vfs.FileURI">file:///mnt/bank/in</parameter>
         </parameters>
       </inboundEndpoint>`,
    );
    const code = 'MI-VALUES-NO-VOLUME';
    const { err } = await generate('');
    expect(err).toContain(`warning ${code}`);
    expect(err).toContain(
      'Workload bank-inbound mounts no volume that others reach at /mnt/bank/in (inbound-endpoint/Bank): files that are meant for it never get into the pod, so none are taken.',
    );
    const line = text('values.yaml').split('\n').indexOf('  bank-inbound:') + 1;
    expect((await run('validate', 'values.yaml')).out).toContain(`warning ${code}  values.yaml:${line}:3`);
    expect((await generate(volume)).err).not.toContain(code);
    expect((await run('validate', 'values.yaml')).out).not.toContain(code);
  });
});

describe('settings that artifacts read', () => {
  const endpoint = 'src/main/wso2mi/artifacts/endpoints/Backend.xml';
  const write = (uri: string): void => {
    mkdirSync(join(folder, 'src/main/wso2mi/artifacts/endpoints'), { recursive: true });
    writeFileSync(
      join(folder, endpoint),
      `<endpoint xmlns="http://ws.apache.org/ns/synapse" name="Backend"><address uri="${uri}"/></endpoint>`,
    );
  };

  it('are written as comments to fill in, and the exit code says that they are missing', async () => {
    write('$SYSTEM:BACKEND_URL');
    const missing = await generate('');
    expect(missing.exitCode).toBe(1);
    expect(missing.err).toContain('MI-READY-SETTING');
    expect(text('values.yaml')).toContain(
      `# env:\n#   # ${endpoint}:1; no pod becomes ready without it\n#   BACKEND_URL: ""\n`,
    );
    const set = await generate('values: {env: {BACKEND_URL: "http://backend"}}\n');
    expect(set.err).not.toContain('MI-READY-SETTING');
    expect(set.exitCode).toBe(0);
    expect(text('values.yaml')).not.toContain('nothing sets them yet');
  });

  it('are one finding for all environments that lack them', async () => {
    write('$FILE:backend_url');
    const environments = 'environments: {dev: {namespace: a, pattern: single-replica}, prod: {namespace: b}}\n';
    const missing = await generate(environments);
    expect(missing.err.split('reads the property backend_url of file.properties')).toHaveLength(2);
    expect(missing.err).toContain(
      'which the environment dev does not set (integration) and the environment prod does not set (integration, rec',
    );
    const half = await generate(
      'environments: {dev: {namespace: a, values: {properties: {backend_url: "http://b"}}}, prod: {namespace: b}}\n',
    );
    expect(half.err).toContain(
      'reads the property backend_url of file.properties, which the environment prod does not',
    );
  });

  it('come from a Secret when they are secret', async () => {
    write('$SYSTEM:BACKEND_PASSWORD');
    await generate('release: shop\n');
    expect(text('values.yaml')).toContain(
      '#   BACKEND_PASSWORD: {secretKeyRef: {name: shop-settings, key: BACKEND_PASSWORD}}',
    );
  });

  it('are judged for each environment', async () => {
    write('$SYSTEM:BACKEND_URL');
    const { err } = await generate(
      'environments: {dev: {namespace: dev, values: {env: {BACKEND_URL: x}}}, prod: {namespace: prod}}\n',
    );
    expect(err).toContain('the environment prod does not set');
    expect(err).not.toContain('the environment dev');
    expect(text('values-dev.yaml')).not.toContain('nothing sets them yet');
    expect(text('values-prod.yaml')).toContain('nothing sets them yet');
  });
});

describe('generate --check', () => {
  const everything = (): string =>
    JSON.stringify(
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => [join(entry.parentPath, entry.name), readFileSync(join(entry.parentPath, entry.name), 'hex')])
        .toSorted(),
    );

  it('lists what would change, exits with 1 and writes nothing', async () => {
    const before = everything();
    const never = await generate('', '--check');
    expect(never.exitCode).toBe(1);
    expect(never.out).toContain('would be created  values.yaml');
    rmSync(join(folder, 'mi-patterns.yaml'));
    expect(everything()).toBe(before);
    expect((await generate('')).exitCode).toBe(0);
    const written = everything();
    expect(await generate('', '--check')).toMatchObject({ exitCode: 0 });
    renameSync(
      join(folder, 'src/main/wso2mi/artifacts/tasks/recurringOrder_Task.xml'),
      join(folder, 'src/main/wso2mi/artifacts/recurringOrder_Task.xml'),
    );
    const stale = await generate('', '--check', '--json');
    expect(stale.exitCode).toBe(1);
    const { diagnostics } = JSON.parse(stale.out) as { diagnostics: { code: string; source: { path: string } }[] };
    expect(diagnostics.filter(({ code }) => code === 'MI-GENERATE-STALE').map(({ source }) => source.path)).toEqual([
      'values.yaml',
      'package/',
    ]);
    renameSync(
      join(folder, 'src/main/wso2mi/artifacts/recurringOrder_Task.xml'),
      join(folder, 'src/main/wso2mi/artifacts/tasks/recurringOrder_Task.xml'),
    );
    expect(everything()).toBe(written);
  });

  it('is said by validate too, where configuration and sources are in reach', async () => {
    await generate('');
    expect((await run('validate', 'values.yaml')).exitCode).toBe(0);
    rmSync(join(folder, 'src/main/wso2mi/artifacts/tasks/recurringOrder_Task.xml'));
    const { exitCode, out } = await run('validate', 'values.yaml');
    expect(exitCode).toBe(1);
    expect(out).toContain('error MI-VALUES-STALE  values.yaml:');
    // In a repository of values alone nobody can tell.
    rmSync(join(folder, 'mi-patterns.yaml'));
    expect(await run('validate', 'values.yaml')).toMatchObject({
      exitCode: 0,
      out: expect.stringMatching(
        /^values\.yaml: valid.*; not compared with its artifacts, which were not found: name its mi-patterns\.yaml with --config FILE$/m,
      ),
    });
  });

  it('is a warning where another version of the command has read the same artifacts', async () => {
    await generate('');
    const file = join(folder, 'values.yaml');
    const made = text('values.yaml').replace(/(?<=# {3}\. sha256:)\w+/, '0'.repeat(64));
    writeFileSync(file, `\ufeff${made.replaceAll('\n', '\r\n')}`);
    const { exitCode, out } = await run('validate', 'values.yaml');
    expect(out).toContain('warning MI-VALUES-STALE  values.yaml:');
    expect(exitCode).toBe(0);
    writeFileSync(file, made.replace('type: stateful', 'type: stateless'));
    expect((await run('validate', 'values.yaml')).out).toContain('error MI-VALUES-STALE  values.yaml:');
  });

  it('tells what earlier runs left, which nothing keeps true', async () => {
    const environments = 'environments: {dev: {namespace: dev}, prod: {namespace: prod}}\nchart: {oci: "oci://r/c"}\n';
    const gitOps = ['--format', 'argocd', '--git-repository', 'https://git.example/o.git'];
    writeFileSync(join(folder, 'values-own.yaml'), 'replicas: 2\n');
    expect((await generate(environments, ...gitOps)).err).not.toContain('MI-GENERATE-LEFT-OVER');
    expect((await generate(environments, ...gitOps, '--check', '--env', 'dev')).exitCode).toBe(0);
    const leftOver = async (configuration: string, ...words: string[]): Promise<object> => {
      const { exitCode, out } = await generate(configuration, '--json', ...words);
      const { diagnostics } = JSON.parse(out) as {
        diagnostics: { code: string; severity: string; source: { path: string } }[];
      };
      const found = diagnostics.filter(({ code }) => code === 'MI-GENERATE-LEFT-OVER');
      return { exitCode, found: found.map(({ severity, source }) => `${severity} ${source.path}`) };
    };
    expect(await leftOver(environments)).toEqual({
      exitCode: 0,
      found: ['warning argocd/dev.yaml', 'warning argocd/prod.yaml'],
    });
    const dev = 'environments: {dev: {namespace: dev}}\nchart: {oci: "oci://r/c"}\n';
    // The files of prod may be those of another configuration.
    expect(await leftOver(dev, '--check')).toEqual({
      exitCode: 1,
      found: ['warning values-prod.yaml', 'error argocd/dev.yaml', 'warning argocd/prod.yaml'],
    });
    expect(await leftOver(dev, '--check', ...gitOps)).toEqual({
      exitCode: 0,
      found: ['warning values-prod.yaml', 'warning argocd/prod.yaml'],
    });
    expect((await generate(dev, ...gitOps)).err).toContain('delete its Application, then this file: without the file,');
    await generate(environments, ...gitOps);
    // Both tools would deploy dev.
    const flux = ['--format', 'flux', ...gitOps.slice(2)];
    const beside = { exitCode: 0, found: ['warning argocd/dev.yaml'] };
    expect(await leftOver(environments, ...flux, '--env', 'dev')).toEqual(beside);
    expect(await leftOver(environments, ...gitOps, '--env', 'prod')).toEqual({ exitCode: 0, found: [] });
    expect(await leftOver(environments, ...gitOps)).toEqual({
      exitCode: 0,
      found: ['warning flux/dev/helm-release.yaml'],
    });
  });

  it('goes with no push', async () => expect((await generate('', '--check', '--push')).exitCode).toBe(2));
});

describe('deployment.toml of the project', () => {
  const toml = 'deployment/deployment.toml';

  it('is carried over, below what the values say, and decides ports and listeners', async () => {
    writeFileSync(
      join(folder, toml),
      '[server]\noffset = 20\n[mediation]\ninbound.port_offset_enable = true\n[transport.rabbitmq.parameter]\npassword = "hunter2"\n',
    );
    mkdirSync(join(folder, 'src/main/wso2mi/artifacts/inbound-endpoints'), { recursive: true });
    writeFileSync(
      join(folder, 'src/main/wso2mi/artifacts/inbound-endpoints/Front.xml'),
      '<inboundEndpoint xmlns="http://ws.apache.org/ns/synapse" name="Front" protocol="http" sequence="processOrder" onError="fault"><parameters><parameter name="inbound.http.port">8000</parameter></parameters></inboundEndpoint>',
    );
    const { err } = await generate('release: shop\nvalues: {deploymentToml: {server: {offset: 30}}}\n');
    expect(err).toContain('warning MI-TOML-SECRET');
    expect(text('values.yaml')).toContain('offset: 30');
    expect(text('values.yaml')).toContain('port: 8030');
    expect(text('values.yaml')).toContain('port_offset_enable: true');
    expect(text('values.yaml')).not.toContain('hunter2');
    expect(text('values.yaml')).toContain('name: shop-settings');
  });

  it('stays where it is when the image brings it', async () => {
    writeFileSync(join(folder, toml), '[mediation]\nsynapse.core_threads = 30\n');
    await generate('values: {runtime: {deploymentTomlFrom: image}}\n');
    expect(text('values.yaml')).not.toContain('core_threads');
    // And the image brings it.
    expect(text('package/image/conf/deployment.toml')).toBe(text(toml));
    expect(text('package/image/Dockerfile')).toContain('conf/ ${MI_HOME}/conf/');
  });

  it('goes with a Dockerfile whose further lines are named', async () => {
    mkdirSync(join(folder, 'deployment/docker'), { recursive: true });
    const dockerfile = (more: string): void =>
      writeFileSync(
        join(folder, 'deployment/docker/Dockerfile'),
        `ARG BASE_IMAGE\nFROM \${BASE_IMAGE}\nCOPY CompositeApps/*.car \${WSO2_SERVER_HOME}/x/\nCOPY resources/wso2carbon.jks \${WSO2_SERVER_HOME}/y\n${more}`,
      );
    dockerfile('');
    expect((await generate('')).err).not.toContain('MI-PKG-DOCKERFILE');
    dockerfile(
      'env REGION=hunter2 \\\n# why\n  ZONE=hunter2\nENV OLD hunter2\nRUN <<EOF\nlogin hunter2\nEOF\nRUN KEY=hunter2 apt-get update \\\n  && apt-get install x\nADD https://u:hunter2@h/x /x\n',
    );
    const { err } = await generate('');
    expect(err).toMatch(
      /MI-PKG-DOCKERFILE {2}deployment\/docker\/Dockerfile:5:1\n.*: ENV REGION, ENV OLD, RUN <<EOF, RUN KEY, ADD https:\/\/\[hidden\]@h\/x\./,
    );
    expect(err).not.toContain('hunter2');
  });
});

describe('generate beside the project', () => {
  it('never takes what an earlier run has written for an artifact', async () => {
    expect((await run('init')).exitCode).toBe(0);
    expect((await run('generate')).exitCode).toBe(0);
    expect(text('values-prod.yaml')).toContain('recurringOrder_Task');
    rmSync(join(folder, 'src/main/wso2mi/artifacts/tasks/recurringOrder_Task.xml'));
    expect((await run('generate')).exitCode).toBe(0);
    expect(text('values-prod.yaml')).not.toContain('recurringOrder_Task');
    expect(text('package/delivery.json')).not.toContain('recurringOrder_Task');
  });
});

describe('values that helm would refuse', () => {
  it('lack the coordination database, also when the deployment.toml of the project has it', async () => {
    const toml = join(folder, 'deployment/deployment.toml');
    const first = await generate('coordination: database\n');
    expect(first).toMatchObject({ exitCode: 1, out: '' });
    expect(first.err).toContain('error MI-VALUES-COORDINATION-URL  mi-patterns.yaml:3:1\n');
    writeFileSync(toml, `${readFileSync(toml, 'utf8')}\n[[datasource]]\nid = "WSO2_COORDINATION_DB"\n`);
    const second = await generate('coordination: database\n');
    expect(second.err).toMatch(
      /MI-VALUES-COORDINATION-URL .*\n[^]*? +see deployment\/deployment.toml:\d+:1\n +→ .* of deployment\.toml is not carried over/,
    );
    const third = await generate(
      'coordination: database\nvalues:\n  coordination: {database: {url: "jdbc:x", driver: x.Driver}}\n',
    );
    expect({ exitCode: third.exitCode, missing: third.err.includes('MI-DB-MISSING') }).toEqual({
      exitCode: 0,
      missing: false,
    });
  });

  it('are told where mi-patterns.yaml says them', async () => {
    const { exitCode, err } = await generate(
      'environments:\n  prod:\n    values:\n      workloads:\n        recuring-order-task: {recovery: at-most-one}\n',
    );
    expect(exitCode).toBe(1);
    expect(err).toContain(
      'error MI-VALUES-UNPLANNED  mi-patterns.yaml:7:9\n    The plan has no workload `recuring-order-task`',
    );
    expect(err).toContain('Did you mean `recurring-order-task`?');
  });
});

describe('what generate prints', () => {
  it('counts the pods of the values, not of the plan', async () => {
    const { exitCode, out, err } = await generate(
      'values:\n  workloads: {integration: {autoscaling: {enabled: true, minReplicas: 4}}, other: {replicas: 2}}\n',
      '--no-package',
    );
    expect(exitCode).toBe(0);
    expect(out).toContain('# default: coordinated: 4 workloads, at least 8 pods');
    expect(err).toContain('warning MI-VALUES-UNPLANNED  mi-patterns.yaml:4:76');
  });
});

describe('the version of Micro Integrator', () => {
  const versions = async (configuration: string): Promise<readonly (string | undefined)[]> => {
    expect((await generate(configuration)).exitCode).toBe(0);
    return [
      /version: "(.*)"/.exec(text('values.yaml'))?.[1],
      /wso2mi:(.*)/.exec(text('package/image/Dockerfile'))?.[1],
    ];
  };

  it('is the same in the values and in the package: what the user says, else what the project says', async () => {
    expect(await versions('')).toEqual(['4.4.0', '4.4.0']);
    expect(await versions('values: {runtime: {version: 4.6.0}}\n')).toEqual(['4.6.0', '4.6.0']);
    expect(await versions('runtime: {version: 4.5.0}\n')).toEqual(['4.5.0', '4.5.0']);
  });

  it('divides the package where environments differ, also when only one of them is written', async () => {
    const configuration = 'environments:\n  dev: {namespace: a}\n  prod: {namespace: b, runtime: {version: 4.6.0}}\n';
    expect((await generate(configuration)).out).toContain('docker build --tag acme/orders:1.2.0 package/prod/image');
    expect((await generate(configuration, '--env', 'prod')).out).toMatch(/unchanged +package\/prod\//);
    expect(text('package/dev/image/Dockerfile')).toContain('wso2mi:4.4.0');
  });

  it('is doubted when it is older than the project, or one that the chart does not know', async () => {
    writtenFor('4.4.1');
    expect((await generate('runtime: {version: 4.4.0}\n', '--no-package')).err).toContain('warning MI-PKG-RUNTIME');
    for (const version of ['5.0.0', '46.0.0'])
      expect((await generate(`runtime: {version: ${version}}\n`, '--no-package')).err).toContain(
        'warning MI-VALUES-RUNTIME-VERSION  mi-patterns.yaml:3:11',
      );
  });

  it('is refused where it lacks what an artifact uses, and counts more than that of the project', async () => {
    const sequence = join(folder, 'src/main/wso2mi/artifacts/sequences/OrderErrorSeq.xml');
    const logged = await generate('runtime: {version: 4.3.0}\n', '--no-package');
    expect(logged.err).toContain('warning MI-PLAN-NEWER');
    expect(logged.exitCode).toBe(0);
    writeFileSync(sequence, readFileSync(sequence, 'utf8').replace('<log', '<variable name="a" value="b"/><log'));
    const { err, exitCode } = await generate('runtime: {version: 4.3.0}\n', '--no-package');
    expect(err).toContain('error MI-PLAN-NEWER');
    expect(err).toContain('but `runtime.version` is 4.3.0: that version undeploys the whole archive');
    expect(exitCode).toBe(1);
    expect((await run('package', '--out', 'made', '--runtime', '4.3.0')).err).toContain('error MI-PLAN-NEWER');
    writtenFor('4.3.0');
    expect((await generate('runtime: {version: 4.4.0}\n', '--no-package')).err).not.toContain('MI-PLAN-NEWER');
  });
});

describe('package', () => {
  it('names the image of the configuration in its next steps, and doubts an older server as generate does', async () => {
    writeFileSync(
      join(folder, 'mi-patterns.yaml'),
      'artifacts: [.]\nimage: {repository: acme/orders, tag: 1.2.0}\nruntime: {version: 4.4.0}\n',
    );
    writtenFor('4.4.1');
    const { out, err, exitCode } = await run('package', '--out', 'made');
    expect(out).toContain('docker build --tag acme/orders:1.2.0 made/image\n  docker push acme/orders:1.2.0\n');
    expect(err).toContain('warning MI-PKG-RUNTIME');
    expect(exitCode).toBe(0);
  });

  it('doubts a version of Micro Integrator that the chart does not know', async () => {
    expect((await run('package', '--out', 'made', '--runtime', '9.9.9')).err).toContain(
      'The version of MI is 9.9.9, but the chart is made for Micro Integrator >=4.1.0 <4.8.0.',
    );
    expect((await run('package', '--out', 'other', '--runtime', '4.4.0')).err).toBe('');
  });

  it('names for an edited folder no option of another command', async () => {
    const words = ['package', '--out', 'made'];
    await run(...words);
    writeFileSync(join(folder, 'made/image/Dockerfile'), 'FROM mine\n');
    const { exitCode, err } = await run(...words);
    expect(exitCode).toBe(1);
    expect(err).toContain('→ Name another folder, or move your files away.\n');
  });
});

describe('state that a new pod would start without', () => {
  it('is warned about only where the values do not keep it', async () => {
    const sequence = join(folder, 'src/main/wso2mi/artifacts/sequences/RecurringOrderSeq.xml');
    writeFileSync(
      sequence,
      readFileSync(sequence, 'utf8').replace(
        /(<sequence[^>]*>)/,
        '$1<property name="conf:last" scope="registry" value="x"/>',
      ),
    );
    const kept = await generate('', '--no-package');
    expect(text('values.yaml')).toContain('what: registry');
    expect(kept.err).not.toContain('MI-ISO-STATE-PVC');
    const lost = await generate(
      'values:\n  workloads: {recurring-order-task: {persistence: {registry: null}}}\n',
      '--no-package',
    );
    expect(lost.err).toContain('MI-ISO-STATE-PVC');
    const own = await generate(
      'values:\n  workloads: {recurring-order-task: {persistence: {registry: {what: null, existingClaim: mine, mountPath: /home/wso2carbon/wso2mi-4.6.0/registry}}}}\n',
      '--no-package',
    );
    expect(own.err).not.toContain('MI-ISO-STATE-PVC');
  });
});

describe('all or nothing', () => {
  const scheduled = 'src/main/wso2mi/artifacts/tasks/schedulOrder_Task.xml';
  const change = (): void => renameSync(join(folder, scheduled), join(folder, 'gone.txt'));

  it('an edited package holds the values back, until it is forced; files that were added stay', async () => {
    await generate('');
    const before = text('values.yaml');
    writeFileSync(join(folder, 'package/image/Dockerfile'), 'FROM mine\n');
    writeFileSync(join(folder, 'package/image/notes.txt'), 'mine');
    change();
    const { exitCode, out, err } = await generate('');
    expect({ exitCode, out }).toEqual({ exitCode: 1, out: '' });
    expect(err).toContain(
      'error MI-WRITE-EDITED  package:1:1\n    package contains files that were added or changed since it was written: image/Dockerfile and 1 more.',
    );
    expect(err).toContain('generate --force overwrites changed files.');
    expect(text('values.yaml')).toBe(before);
    expect((await generate('', '--force')).exitCode).toBe(0);
    expect(text('package/image/Dockerfile')).toContain('FROM ${BASE_IMAGE}');
    expect(text('package/image/notes.txt')).toBe('mine');
    expect(text('values.yaml')).not.toBe(before);
  });

  it('edited values hold the package back', async () => {
    await generate('');
    const before = text('package/delivery.json');
    writeFileSync(join(folder, 'values.yaml'), `${text('values.yaml')}# mine\n`);
    change();
    expect(await generate('')).toMatchObject({ exitCode: 1, out: '' });
    expect(text('package/delivery.json')).toBe(before);
  });

  it('restores what is missing of a package', async () => {
    await generate('');
    rmSync(join(folder, 'package/image/carbonapps'), { recursive: true });
    expect((await generate('')).out).toMatch(/updated +package\//);
    expect(existsSync(join(folder, 'package/image/carbonapps/orders_1.2.0.car'))).toBe(true);
  });

  it.each([
    ['nonsense', 'nonsense'],
    ['/srv/orders.git', '/srv/orders.git'],
    ['https://user:hunter2@git.example', 'https://git.example'],
    ['C:\\orders', 'C:\\orders'],
  ])('refuses the git repository %j', async (address, shown) => {
    const { exitCode, err } = await generate('', '--format', 'argocd', '--git-repository', address);
    expect(exitCode).toBe(2);
    expect(err).toContain(`--git-repository is ${shown}, from which Argo CD and Flux cannot read.`);
  });

  it.each([
    'ssh://git@git.example:22/o.git',
    'git@git.example:acme/o.git',
    'git.example:/srv/o',
    'http://u:p@git:3000/o',
  ])('takes the git repository %s, without a login', async (address) => {
    await generate('chart: {oci: "oci://r/c"}\n', '--format', 'argocd', '--git-repository', address);
    expect(text('argocd/default.yaml')).toContain(`repoURL: "${address.replace('u:p@', '')}"`);
  });

  it('says what counts as the git repository where none is found, and the chart is outside of it', async () => {
    const { exitCode, err } = await generate('', '--format', 'argocd', '--git-repository', 'https://git.example/o.git');
    expect(exitCode).toBe(2);
    expect(err).toContain('The chart is outside the current folder, which counts as the git repository since none is');
  });

  it('refuses a packed chart for Argo CD, which reads it only from a folder', async () => {
    const words = ['--git-repository', 'https://git.example/o.git'];
    const chart = 'chart: {path: mi-1.0.0.tgz}\n';
    const { exitCode, err } = await generate(chart, '--format', 'argocd', ...words);
    expect(exitCode).toBe(2);
    expect(err).toContain('Argo CD reads a chart in git only from a folder, and mi-1.0.0.tgz is an archive.');
  });

  it('leaves a schema of somebody else alone, and nothing behind a wrong use', async () => {
    expect(await generate('', '--format', 'argocd')).toMatchObject({ exitCode: 2, out: '' });
    writeFileSync(join(folder, 'values.schema.json'), '{"title": "mine"}');
    const { exitCode, err } = await generate('');
    expect(exitCode).toBe(1);
    expect(err).toContain(
      'MI-WRITE-FOREIGN  values.schema.json:1:1\n    values.schema.json exists and is not the schema of the chart',
    );
    expect({
      package: existsSync(join(folder, 'package')),
      values: existsSync(join(folder, 'values.yaml')),
      schema: text('values.schema.json'),
    }).toEqual({ package: false, values: false, schema: '{"title": "mine"}' });
    expect((await generate('', '--force')).exitCode).toBe(0);
    expect(text('values.schema.json')).toContain('Values of the micro-integrator chart');
  });

  it.skipIf(process.platform !== 'linux')(
    'returns where the file system makes no folders (skipped except on Linux)',
    async () => {
      const { exitCode, err } = await generate('', '--out', '/proc/x');
      expect(exitCode).toBe(2);
      // For other users than root the folder itself is refused already.
      expect(err).toMatch(/MI-WRITE-FAILED {2}\/proc\/x\/(package|values\.yaml):1:1/);
    },
  );
});

describe('the next steps', () => {
  it('prints no installation of an image that has the roles only if the package is made', async () => {
    mkdirSync(join(folder, 'src/main/java/org/acme'), { recursive: true });
    writeFileSync(join(folder, 'src/main/java/org/acme/Audit.java'), 'class Audit {}');
    const { out, err } = await run('generate', '.', '--out', 'deploy');
    expect(err).toContain('MI-PKG-JAVA');
    expect(out).toMatch(/\nNext:\n {2}# default: .*\n {2}# Its package was not written: .*\n {2}# An image .*\n$/);
    expect((await generate('', '--out', 'named')).out).toContain('helm upgrade --install');
    rmSync(join(folder, 'mi-patterns.yaml'));
    rmSync(join(folder, 'src/main/wso2mi/artifacts/tasks'), { recursive: true });
    const stateless = await run('generate', '.', '--out', 'stateless');
    expect(stateless.out).toMatch(/\nNext:\n {2}# default: .*\n {2}# Its package was not written: .*\n$/);
  });

  it('build and push the image that the values name', async () => {
    const { out } = await generate(
      'environments:\n  dev: {namespace: a}\n  prod: {namespace: b}\n',
      '--out',
      'my deploy',
    );
    expect(out).toContain(
      "\nNext:\n  docker build --tag acme/orders:1.2.0 'my deploy/package/image'\n  docker push acme/orders:1.2.0\n  # dev: ",
    );
    expect(out).toContain(" --values 'my deploy/values-dev.yaml' --namespace a");
  });

  it('quote a comma for helm and kubectl, which take it for the end of a path', async () => {
    const { out } = await generate('environments:\n  dev: {namespace: a}\n', '--out', 'a,b');
    expect(out).toContain(` --values '"a,b/values-dev.yaml"' --namespace a`);
    const maps = 'values: {artifacts: {source: configMap}}\nenvironments:\n  dev: {namespace: a}\n';
    expect((await generate(maps, '--out', 'c,d')).out).toContain(` --filename '"c,d/package/configmaps.yaml"'`);
  });

  it.each([
    ['argocd', 'kubectl apply --filename deploy/argocd/dev.yaml # in the cluster that Argo CD runs in'],
    [
      'flux',
      'flux create kustomization orders-dev --source GitRepository/flux-system --path deploy/flux/dev --prune --context kind',
    ],
  ])('leave the installation to %s', async (format, line) => {
    const { out } = await generate(
      'release: orders\nchart: {oci: "oci://registry.example.com/mi", version: 1.0.0}\nenvironments:\n  dev: {namespace: a, context: kind}\n',
      '--out',
      'deploy',
      '--format',
      format,
      '--git-repository',
      'https://git.example.com/acme/orders.git',
    );
    expect(out).toContain(
      `git add mi-patterns.yaml deploy && git commit --message 'Generate the values' && git push\n  # dev: `,
    );
    expect(out).toContain(`\n  ${line}\n`);
    expect(out).not.toContain('helm upgrade');
  });

  it.each([
    ['', ''],
    ['delivery: archives\n', '/workloads/integration'],
  ])('bring the archives that pods mount from ConfigMaps (%j)', async (delivery, set) => {
    const { out } = await generate(
      `${delivery}values: {artifacts: {source: configMap}}\nenvironments: {dev: {namespace: a, context: kind}}\n`,
      '--out',
      'deploy',
    );
    expect(out).toContain(`\n  kubectl apply --server-side --filename deploy/package${set}/configmaps.yaml `);
    expect(out).toContain(' --namespace a --context kind # the archives; again after each change of them\n');
    // The image is one of the user's own: nothing is built over it.
    expect(out).not.toContain('docker build');
    const [, ...files] = (/^ {2}kubectl.*$/m.exec(out)?.[0] ?? '')
      .split('--filename ')
      .map((word) => word.split(' ')[0]);
    expect(files.length).toBe(set === '' ? 1 : 3);
    for (const file of files) expect(text(file ?? '')).toContain('kind: ConfigMap');
  });

  it('commit a copied chart and the configuration too, in the repository of the values files', async () => {
    const values = join(folder, 'values repository');
    mkdirSync(join(values, '.git'), { recursive: true });
    cpSync(join(import.meta.dirname, '../../../../charts/micro-integrator'), join(values, 'chart'), {
      recursive: true,
    });
    const { out } = await generate(
      'chart: {path: "values repository/chart"}\n',
      '--out',
      'values repository/deploy',
      '--format',
      'flux',
      '--git-repository',
      'https://git.example.com/acme/orders.git',
      '--no-package',
    );
    const git = `git -C '${values}'`;
    expect(out).toContain(
      `${git} add 'values repository/chart' 'values repository/deploy' && ${git} commit --message 'Generate the values' && ${git} push\n`,
    );
  });

  it('have a place for the image where none is named, with a warning', async () => {
    writeFileSync(join(folder, 'mi-patterns.yaml'), 'artifacts: [.]\n');
    const { exitCode, out, err } = await run('generate');
    expect(exitCode).toBe(0);
    expect(err).toContain('warning MI-PKG-NO-IMAGE  mi-patterns.yaml:1:1');
    expect(out).toContain('docker build --tag REGISTRY/NAME:TAG package/image\n  docker push REGISTRY/NAME:TAG\n');
    expect(out).toContain('--set image.repository=REGISTRY/NAME --set-string image.tag=TAG');
    expect(out).not.toContain('# Name that image');
  });

  it('ask for its name before anything is committed for Argo CD', async () => {
    const words = ['--format', 'argocd', '--git-repository', 'https://git.example.com/acme/orders.git'] as const;
    const chart = 'artifacts: [.]\nchart: {oci: "oci://r/c", version: 0.1.0}\n';
    writeFileSync(join(folder, 'mi-patterns.yaml'), chart);
    const { out } = await run('generate', ...words);
    expect(out).toMatch(
      /docker push REGISTRY\/NAME:TAG\n {2}# Name that image under `image` in mi-patterns\.yaml, .*\n {2}git /,
    );
    writeFileSync(join(folder, 'mi-patterns.yaml'), `${chart}image: {repository: acme/orders, tag: 1.2.0}\n`);
    expect((await run('generate', '--force', ...words)).out).not.toContain('# Name that image');
  });
});
