import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { residentHelm } from '@mi-patterns/helm/test-resident';
import { runCommandLine } from '../command-line.ts';

const example = join(import.meta.dirname, '../../../../examples/orders');
let folder: string;
let output: string;

const run = (...words: string[]): Promise<number> => {
  output = '';
  return runCommandLine(words, {
    cwd: folder,
    environment: {},
    stdout: (text) => void (output += text),
    stderr: (text) => void (words.includes('--json') || (output += text)),
    columns: undefined,
    colour: false,
    interactive: false,
    ...residentHelm,
  });
};
const init = (...words: string[]): Promise<number> => run('init', ...words);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'init-'));
  output = '';
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('init', () => {
  it('writes a configuration that the other commands take, and never overwrites it', async () => {
    cpSync(example, join(folder, 'services/orders'), {
      recursive: true,
      filter: (file) => !file.endsWith('mi-patterns.yaml'),
    });
    expect(await init()).toBe(0);
    const text = readFileSync(join(folder, 'mi-patterns.yaml'), 'utf8');
    expect(text).toContain('# yaml-language-server: $schema=./mi-patterns.schema.json');
    expect(text).toMatch(/artifacts: \[services\/orders\]/);
    expect(text).toMatch(/dev:\n {4}namespace: orders-dev\n {4}pattern: single-replica/);
    output = '';
    expect(
      await runCommandLine(['plan', '--json'], {
        cwd: folder,
        environment: {},
        stdout: (more) => void (output += more),
        stderr: () => {},
        columns: undefined,
        colour: false,
        interactive: false,
      }),
    ).toBe(0);
    expect(JSON.parse(output)).toMatchObject({ pattern: 'coordinated' });
    expect(await init()).toBe(2);
    expect(readFileSync(join(folder, 'mi-patterns.yaml'), 'utf8')).toBe(text);
  });

  it('leaves a placeholder for the image, of which the next commands warn', async () => {
    cpSync(example, folder, { recursive: true, filter: (file) => !file.endsWith('mi-patterns.yaml') });
    await init();
    expect(await run('generate', '--out', 'deploy')).toBe(0);
    expect(output).toContain('MI-PKG-NO-IMAGE');
    expect(output).toMatch(/The image example\/[a-z0-9-]+ is the placeholder that mi-patterns init wrote\./);
    expect(output).toContain('docker push REGISTRY/NAME:TAG');
    expect(output).not.toContain('docker push example/');
  });

  it('takes over the settings of helm-mi, and keeps a list of the rest', async () => {
    cpSync(example, folder, { recursive: true, filter: (file) => !file.endsWith('mi-patterns.yaml') });
    writeFileSync(
      join(folder, 'helm-mi.yaml'),
      'wso2:\n  config: {portOffset: 20, secureVault: {enabled: true}}\n  deployment: {replicas: 4, image: {repository: acme/orders, tag: 2.0.0}}\n',
    );
    expect(await init('--from-helm-mi', 'helm-mi.yaml')).toBe(0);
    const text = readFileSync(join(folder, 'mi-patterns.yaml'), 'utf8');
    expect(text).toMatch(/image:\n {2}repository: acme\/orders\n {2}tag: "2.0.0"/);
    expect(text).toContain('replicas: 4');
    expect(text).toContain('offset: 20');
    expect(text).toMatch(/# Not translated:\n# {3}helm-mi.yaml:2 `wso2.config.secureVault.enabled`/);
  });

  it('takes values of helm-mi in several files as helm merges them', async () => {
    cpSync(example, folder, { recursive: true, filter: (file) => !file.endsWith('mi-patterns.yaml') });
    writeFileSync(
      join(folder, 'values.yaml'),
      'wso2:\n  config: {portOffset: 20, secureVault: {enabled: true}}\n  deployment: {replicas: 4, image: {repository: acme/orders, tag: 2.0.0}}\n',
    );
    writeFileSync(
      join(folder, 'prod.yaml'),
      'wso2:\n  config: {portOffset: null}\n  deployment:\n    replicas: 6\n    aaa: 1\n',
    );
    expect(await init('--from-helm-mi', 'values.yaml', '--from-helm-mi', 'prod.yaml')).toBe(0);
    const text = readFileSync(join(folder, 'mi-patterns.yaml'), 'utf8');
    expect(text).toMatch(/image:\n {2}repository: acme\/orders\n {2}tag: "2.0.0"/);
    expect(text).toContain('replicas: 6');
    expect(text).not.toContain('offset: 20');
    expect(text).toContain('#   values.yaml:2 `wso2.config.secureVault.enabled`');
    expect(text).toContain('#   prod.yaml:5 `wso2.deployment.aaa`');
  });

  it('reads the image that values of helm-mi name where the folder has no artifacts', async () => {
    const values = (image: string): void =>
      writeFileSync(
        join(folder, 'helm-mi.yaml'),
        `containerRegistry: registry.example.com\nwso2:\n  deployment: {image: {repository: acme/orders${image}}}\n`,
      );
    expect(await run('package', example, '--format', 'volume', '--out', 'out')).toBe(0);
    const file = (reference: string): Promise<number> =>
      init(
        '--from-helm-mi',
        'helm-mi.yaml',
        '--image',
        `registry.example.com/acme/orders${reference}=oci-layout:out/oci`,
      );
    const digest = `sha256:${'a'.repeat(64)}`;
    for (const [image, reference] of [
      [', tag: 2.0.0', ':2.0.0'],
      [`, tag: 2.0.0, digest: "${digest}"`, `@${digest}`],
    ] as const) {
      values(image);
      expect(await file(reference)).toBe(0);
      expect(output).toContain('mi-patterns.yaml written, for the artifacts in oci-layout:out/oci');
      expect(output).toContain('No rollout ends the pods of the old release.');
      expect(output).toContain('mi-patterns package --from oci-layout:out/oci --out package --push');
      rmSync(join(folder, 'mi-patterns.yaml'));
    }
  });

  it('shows paths from the current folder', async () => {
    cpSync(example, folder, { recursive: true, filter: (file) => !file.endsWith('mi-patterns.yaml') });
    mkdirSync(join(folder, 'deployment'), { recursive: true });
    writeFileSync(join(folder, 'deployment/deployment.toml'), '[truststore]\npassword = "x"\n');
    expect(await init()).toBe(0);
    expect(output).toContain('MI-TOML-LEFT-OUT  deployment/deployment.toml:1:1');
    expect(output).not.toContain(folder);
  });

  it('mounts key stores into the home of the version that it writes', async () => {
    cpSync(example, folder, { recursive: true, filter: (file) => !file.endsWith('mi-patterns.yaml') });
    writeFileSync(join(folder, 'helm-mi.yaml'), 'wso2:\n  deployment: {JKSSecretName: jks}\n');
    expect(await init('--from-helm-mi', 'helm-mi.yaml')).toBe(0);
    const text = readFileSync(join(folder, 'mi-patterns.yaml'), 'utf8');
    const version = /runtime:\n {2}version: "(.*)"/.exec(text)?.[1];
    expect(text).toContain(`/home/wso2carbon/wso2mi-${version}/repository/resources/security/client-truststore.jks:`);
  });

  it('writes what generate takes, also where helm-mi scales automatically and development has a single replica', async () => {
    cpSync(example, folder, {
      recursive: true,
      filter: (file) => !file.endsWith('mi-patterns.yaml') && !file.endsWith('_Task.xml'),
    });
    writeFileSync(
      join(folder, 'helm-mi.yaml'),
      'containerRegistry: registry.example.com\nwso2:\n  deployment:\n    hpa: {enabled: true, minReplicas: 2, maxReplicas: 5, cpuUtilizationPercentage: 75}\n    image: {repository: acme/orders, tag: 2.0.0}\n',
    );
    expect(await init('--from-helm-mi', 'helm-mi.yaml')).toBe(0);
    output = '';
    const exitCode = await runCommandLine(['generate', '--no-package'], {
      cwd: folder,
      environment: {},
      stdout: () => {},
      stderr: (more) => void (output += more),
      columns: undefined,
      colour: false,
      interactive: false,
    });
    expect({ exitCode, isRefused: output.includes('error') }).toEqual({ exitCode: 0, isRefused: false });
    expect(readFileSync(join(folder, 'values-dev.yaml'), 'utf8')).toContain('pattern: single-replica');
    expect(readFileSync(join(folder, 'values-prod.yaml'), 'utf8')).toMatch(
      /registry: registry.example.com\n(.*\n)*.*autoscaling:\n +enabled: true/,
    );
  });

  const legacy = (module: string, exporter: string): Readonly<Record<string, string>> => ({
    [`${module}/pom.xml`]: `<project><groupId>a</groupId><artifactId>configs</artifactId><version>1.0.0</version></project>`,
    [`${module}/artifact.xml`]:
      '<artifacts><artifact name="Tick" groupId="a.task" version="1.0.0" type="synapse/task" serverRole="EnterpriseIntegrator"><file>src/main/synapse-config/tasks/Tick.xml</file></artifact></artifacts>',
    [`${module}/src/main/synapse-config/tasks/Tick.xml`]:
      '<task xmlns="http://ws.apache.org/ns/synapse" name="Tick"><trigger interval="5"/><property name="message"><m xmlns=""/></property></task>',
    [`${exporter}/pom.xml`]:
      '<project><groupId>a</groupId><artifactId>nightCompositeApplication</artifactId><version>1.0.0</version><packaging>carbon/application</packaging><dependencies><dependency><groupId>a.task</groupId><artifactId>Tick</artifactId><version>1.0.0</version><type>xml</type></dependency></dependencies></project>',
  });
  it.each([
    ['beside the exporter', legacy('configs', 'car'), '["."]'],
    ['in a folder of their own', legacy('night/configs', 'night/car'), '[night]'],
    ['far from the exporter', legacy('modules/one/configs', 'modules/cars/car'), '[modules]'],
  ])('lists what a legacy exporter needs, its modules %s', async (_, files, expected) => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    expect(await init()).toBe(0);
    expect(output).toContain('coordinated: 1 workload, 2 pods (1 on standby)');
    expect(readFileSync(join(folder, 'mi-patterns.yaml'), 'utf8')).toMatch(
      new RegExp(`artifacts: ${expected.replace(/[[\].]/g, '\\$&')}[\\s\\S]*release: night\\n`),
    );
  });

  const parentPom = (name: string, ...modules: string[]): string =>
    `<project><groupId>a</groupId><artifactId>${name}</artifactId><version>1.0.0</version><packaging>pom</packaging><modules>${modules.map((module) => `<module>${module}</module>`).join('')}</modules></project>`;
  const modern = (module: string, kind: string, xml: string): Readonly<Record<string, string>> => ({
    [`${module}/pom.xml`]: parentPom(module),
    [`${module}/src/main/wso2mi/artifacts/${kind}/It.xml`]: xml,
  });
  const bills = '<api xmlns="http://ws.apache.org/ns/synapse" name="Bills" context="/bills"><resource/></api>';
  const tock =
    '<task xmlns="http://ws.apache.org/ns/synapse" name="Tock"><trigger interval="5"/><property name="message"><m xmlns=""/></property></task>';
  it('names the folder of several archives, so that one that is added is not left out', async () => {
    const cars = join(folder, 'cars');
    for (const [path, text] of Object.entries({
      ...modern('bills', 'apis', bills),
      ...modern('tocks', 'tasks', tock),
    })) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    for (const project of ['bills', 'tocks']) {
      expect(await run('package', project, '--out', 'out')).toBe(0);
      cpSync(join(folder, 'out/image/carbonapps'), cars, { recursive: true });
      for (const made of [project, 'out']) rmSync(join(folder, made), { recursive: true });
    }
    expect(await init()).toBe(0);
    expect(output).toContain('mi-patterns.yaml written, for the artifacts in cars\n');
    expect(readFileSync(join(folder, 'mi-patterns.yaml'), 'utf8')).toContain('artifacts: [cars]');
  });

  it('is not taken for a values file by validate', async () => {
    cpSync(example, folder, { recursive: true });
    expect(await run('validate', 'mi-patterns.yaml')).toBe(2);
    expect(output).toContain('mi-patterns.yaml is a configuration, not a values file.');
    expect(output).toContain('mi-patterns generate --out deploy checks it, and writes its values files: name those.');
  });

  it('says which configuration a command uses in a folder below it', async () => {
    cpSync(example, join(folder, 'services/orders'), { recursive: true, filter: (file) => !file.endsWith('.yaml') });
    expect(await init()).toBe(0);
    const file = join(folder, 'mi-patterns.yaml');
    const below = async (...words: string[]): Promise<string> => {
      let told = '';
      const said = await runCommandLine(words, {
        cwd: join(folder, 'services'),
        environment: {},
        stdout: () => {},
        stderr: (text) => void (told += text),
        columns: undefined,
        colour: false,
        interactive: false,
      });
      return `${said} ${told}`;
    };
    expect(await below('scan')).toBe(`0 Using ${file}.\n`);
    expect(await below('scan', '--json')).toBe(`0 Using ${file}.\n`);
    expect(await below('scan', '--quiet')).toBe('0 ');
    expect(await below('scan', '--config', '../mi-patterns.yaml')).toBe('0 ');
    await run('scan');
    expect(output).not.toContain('Using');
  });

  const { 'alone/pom.xml': aloneModel = '', ...alone } = legacy('alone', 'unused');
  it.each([
    [
      'a parent over modules and an exporter',
      { 'pom.xml': parentPom('night', 'configs', 'car'), ...legacy('configs', 'car') },
      ['.'],
      ['tick-task'],
    ],
    ['an exporter in another branch, listed by no parent', legacy('night/configs', 'deploy/car'), ['.'], ['tick-task']],
    [
      'new modules under a parent',
      {
        'pom.xml': parentPom('all', 'bills', 'tocks'),
        ...modern('bills', 'apis', bills),
        ...modern('tocks', 'tasks', tock),
      },
      ['bills', 'tocks'],
      ['integration', 'tock-task'],
    ],
    [
      'legacy and new modules under a parent',
      {
        'pom.xml': parentPom('all', 'old', 'bills'),
        ...legacy('old/configs', 'old/car'),
        ...modern('bills', 'apis', bills),
      },
      ['bills', 'old'],
      ['integration', 'tick-task'],
    ],
    [
      'a module that no exporter packs',
      {
        'alone/pom.xml': aloneModel,
        ...Object.fromEntries(Object.entries(alone).filter(([path]) => !path.startsWith('unused'))),
      },
      ['alone'],
      ['tick-task'],
    ],
  ])('writes what plan and generate take at once: %s', async (_, files, artifacts, workloads) => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    expect(await init('--json')).toBe(0);
    expect(JSON.parse(output)).toMatchObject({ artifacts, pattern: 'coordinated' });
    expect(await run('plan', '--json')).toBe(0);
    const planned = JSON.parse(output) as { readonly workloads: readonly { readonly name: string }[] };
    expect(planned.workloads.map(({ name }) => name).toSorted()).toEqual(workloads);
    expect(await run('generate', '--env', 'prod')).toBe(0);
    expect(readFileSync(join(folder, 'values-prod.yaml'), 'utf8')).toContain('pattern: coordinated');
  });

  it('plans what it has written, and tells of errors', async () => {
    const api = '<api xmlns="http://ws.apache.org/ns/synapse" name="A" context="/a"><resource/></api>';
    for (const name of ['one', 'two']) {
      // Two applications that deliver one API.
      cpSync(example, join(folder, name), { recursive: true, filter: (file) => !file.endsWith('mi-patterns.yaml') });
      writeFileSync(join(folder, name, 'src/main/wso2mi/artifacts/apis/A.xml'), api);
      const pom = join(folder, name, 'pom.xml');
      writeFileSync(pom, readFileSync(pom, 'utf8').replace('<artifactId>orders<', `<artifactId>${name}<`));
    }
    expect(await init()).toBe(0);
    expect(output).toContain('MI-PLAN-DUPLICATE');
  });

  it.each([
    ['--namespace', 'prod'],
    ['--context', 'production'],
    ['--image', 'a/b:1=oci-layout:out'],
  ])('refuses %s where it would have no effect', async (...words) => {
    cpSync(example, folder, { recursive: true, filter: (file) => !file.endsWith('mi-patterns.yaml') });
    expect(await init(...words)).toBe(2);
    expect(output).toContain('MI-CLI-USAGE');
  });

  it('says when there is nothing to configure', async () => {
    expect(await init()).toBe(2);
    expect(output).toContain('MI-INPUT-EMPTY');
    expect(output).toContain('Run init in a folder that holds MI projects or .car archives.');
    expect(output).not.toContain('wso2.deployment.image');
  });

  it('says so of values of helm-mi that name the image of WSO2, and where to name another one', async () => {
    writeFileSync(
      join(folder, 'helm-mi.yaml'),
      'containerRegistry: docker.wso2.com\nwso2: {deployment: {image: {repository: wso2mi, tag: 4.6.0}}}\n',
    );
    expect(await init('--from-helm-mi', 'helm-mi.yaml')).toBe(2);
    expect(output).toContain('Or name the image that has them in the values (wso2.deployment.image)');
  });
});
