import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { pack } from '../../packages/inventory/test/support/files.ts';
import { entryNames } from '../support/archives.ts';
import { command, type Packaged } from './package.ts';

const work = mkdtempSync(join(tmpdir(), 'mi-server-folder-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

test('the package of a server folder brings its connectors and JARs, for the version of the server', async () => {
  const deployment = 'wso2mi-4.3.0/repository/deployment/server';
  const files = {
    [`${deployment}/synapse-configs/default/api/A.xml`]:
      '<api xmlns="http://ws.apache.org/ns/synapse" name="A" context="/a"><resource methods="GET"><inSequence><class name="com.acme.Med"/><file.read/></inSequence></resource></api>',
    [`${deployment}/synapse-libs/fileconnector-4.0.0.zip`]: await pack({
      'connector.xml': '<connector><component name="file" package="org.wso2.carbon.connector"/></connector>',
    }),
    'wso2mi-4.3.0/lib/med-1.0.0.jar': await pack({ 'com/acme/Med.class': 'lib' }),
    'wso2mi-4.3.0/dropins/med-1.0.0.jar': await pack({ 'com/acme/Med.class': 'bundle' }),
  };
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(work, path)), { recursive: true });
    writeFileSync(join(work, path), content);
  }
  const { exitCode, document } = await command<Packaged>(work, 'package', 'wso2mi-4.3.0', '--out', 'out');
  expect([
    exitCode,
    document.diagnostics.filter(({ severity }) => severity !== 'info').map(({ code }) => code),
  ]).toEqual([0, ['MI-ISO-CUSTOM']]);
  const image = join(work, 'out', 'image');
  const [archive = ''] = readdirSync(join(image, 'carbonapps'));
  expect(entryNames(join(image, 'carbonapps', archive))).toContain('fileconnector_4.0.0/fileconnector-4.0.0.zip');
  for (const folder of ['lib', 'dropins'] as const)
    expect(readFileSync(join(image, folder, 'med-1.0.0.jar'))).toEqual(files[`wso2mi-4.3.0/${folder}/med-1.0.0.jar`]);
  const dockerfile = readFileSync(join(image, 'Dockerfile'), 'utf8');
  expect(dockerfile).toContain('ARG BASE_IMAGE=wso2/wso2mi:4.3.0\n');
  expect(dockerfile).toContain('COPY --chown=802:802 dropins/ ${MI_HOME}/dropins/\n');
});
