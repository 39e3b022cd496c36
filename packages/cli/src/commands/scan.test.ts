import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCommandLine } from '../command-line.ts';

const folder = mkdtempSync(join(tmpdir(), 'mi-scan-'));
const task = (name: string): string =>
  `<task xmlns="http://ws.apache.org/ns/synapse" name="${name}"><trigger interval="5"/><property name="message"><m xmlns=""/></property></task>`;
const listed = (name: string): string =>
  `<artifact name="${name}" groupId="a.task" version="1.0.0" type="synapse/task" serverRole="EnterpriseIntegrator"><file>src/main/synapse-config/tasks/${name}.xml</file></artifact>`;

beforeAll(() => {
  const files: Readonly<Record<string, string>> = {
    'configs/pom.xml':
      '<project><groupId>a</groupId><artifactId>configs</artifactId><version>1.0.0</version></project>',
    'configs/artifact.xml': `<artifacts>${listed('Tick')}${listed('LeftOut')}</artifacts>`,
    'configs/src/main/synapse-config/tasks/Tick.xml': task('Tick'),
    'configs/src/main/synapse-config/tasks/LeftOut.xml': task('LeftOut'),
    'car/pom.xml':
      '<project><groupId>a</groupId><artifactId>car</artifactId><version>1.0.0</version><packaging>carbon/application</packaging><dependencies><dependency><groupId>a.task</groupId><artifactId>Tick</artifactId><version>1.0.0</version><type>xml</type></dependency></dependencies></project>',
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

it('sets apart what no application delivers, and does not count it', async () => {
  let output = '';
  await runCommandLine(['scan', '.'], {
    cwd: folder,
    environment: {},
    stdout: (more) => void (output += more),
    stderr: () => {},
    columns: undefined,
    colour: false,
    interactive: false,
  });
  expect(output).toMatch(/^Must run in one place only \(1\)\n {2}task\/Tick /);
  expect(output).toContain('\nIn no application that was read, so nothing deploys them (1)\n  task/LeftOut\n');
  expect(output).toContain('2 artifacts, 1 entry point, 1 stateful');
});
