import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Diagnostic } from '@mi-patterns/inventory';
import { plannerCatalogue } from '@mi-patterns/planner';
import { describe, expect, test, vi } from 'vitest';
import { temporaryFolder } from '../support/command.ts';
import { readProjectText, runHere, writeProject } from '../support/projects.ts';

// One gate: what keeps pods from becoming ready is the same finding wherever somebody could still do something about
// it.

const pom = (name: string): string =>
  `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion><groupId>com.example</groupId><artifactId>${name}</artifactId><version>1.0.0</version><packaging>pom</packaging><properties><projectType>integration-project</projectType><project.runtime.version>4.3.0</project.runtime.version></properties></project>`;
const artifact = (kind: string, attributes: string, inside: string): string =>
  `<${kind} xmlns="http://ws.apache.org/ns/synapse" ${attributes}>${inside}</${kind}>`;
const api = (name: string, inside = ''): string =>
  artifact(
    'api',
    `name="${name}" context="/${name}"`,
    `<resource methods="GET"><inSequence>${inside}<respond/></inSequence></resource>`,
  );
const own = 'p/src/main/wso2mi/artifacts';
const text = (file: string): Record<string, string> => Object.fromEntries(readProjectText(file).files);

const cases: readonly (readonly [
  code: string,
  severity: string,
  files: Record<string, string>,
  isWritten?: boolean,
])[] = [
  ['MI-READY-SETTING', 'error', text('unset-endpoint.txt')],
  ['MI-READY-CONFIGURABLE', 'warning', text('unset-configurable.txt')],
  [
    'MI-READY-VAULT',
    'warning',
    {
      [`${own}/apis/A.xml`]: api('A', `<property name="p" expression="hashicorp:vault-lookup('mi', 'test')"/>`),
    },
  ],
  ['MI-READY-LOCK', 'warning', text('files.txt')],
  [
    'MI-READY-LOCATION',
    'warning',
    {
      [`${own}/apis/A.xml`]: api('A'),
      [`${own}/local-entries/E.xml`]: artifact('localEntry', 'key="E" src="http://example.com/e.xml"', ''),
    },
  ],
  [
    'MI-READY-WSDL',
    'warning',
    {
      [`${own}/proxy-services/P.xml`]: artifact(
        'proxy',
        'name="P" transports="http"',
        '<target><inSequence><respond/></inSequence></target><publishWSDL uri="http://example.com/p.wsdl"/>',
      ),
    },
  ],
  [
    'MI-READY-ORDER',
    'error',
    Object.fromEntries(
      ['a', 'b'].flatMap((one) => {
        const other = one === 'a' ? 'b' : 'a';
        const folder = `${one}/src/main/wso2mi`;
        return [
          [`${one}/pom.xml`, pom(one)],
          [
            `${folder}/artifacts/apis/${one}.xml`,
            api(one, `<${other}hello.hi/><property name="p" expression="$SYSTEM:PATH"/>`),
          ],
          [
            `${folder}/resources/connectors/${one}hello-1.0.0.zip//connector.xml`,
            `<connector><component name="${one}hello" package="org.wso2.carbon.connector"><dependency component="greet"/></component></connector>`,
          ],
          [
            `${folder}/resources/connectors/${one}hello-1.0.0.zip//greet/component.xml`,
            '<component name="greet" type="synapse/template"><subComponents><component name="hi"><file>hi.xml</file></component></subComponents></component>',
          ],
          [
            `${folder}/resources/connectors/${one}hello-1.0.0.zip//greet/hi.xml`,
            '<template xmlns="http://ws.apache.org/ns/synapse" name="hi"><sequence/></template>',
          ],
        ];
      }),
    ),
    // No order of archives would be right.
    false,
  ],
];

/** Runs a command with `--json`, and gives its findings about readiness. */
async function found(cwd: string, ...words: string[]): Promise<readonly string[]> {
  const { stdout } = await runHere([...words, '--config', 'mi-patterns.yaml', '--json'], cwd);
  const { diagnostics } = JSON.parse(stdout) as { readonly diagnostics: readonly Diagnostic[] };
  return diagnostics
    .filter(({ code }) => code.startsWith('MI-READY-'))
    .map(({ severity, code, source, message }) => `${severity} ${code} ${source?.path}:${source?.line} ${message}`)
    .toSorted();
}

/** A `kubectl` that knows one context and no cluster. */
function withoutCluster(folder: string): void {
  const file = join(folder, 'kubectl');
  writeFileSync(
    file,
    `#!/bin/sh\ncase "$*" in *get-contexts*|*current-context*) echo nowhere;; *version*) echo '{"clientVersion":{"gitVersion":"v1.35.0"}}';; *config*) ;; *) exit 1;; esac\n`,
  );
  chmodSync(file, 0o755);
  vi.stubEnv('MI_PATTERNS_KUBECTL', file);
}

describe('what keeps pods from becoming ready', () => {
  test.each(cases.map((row) => ({ code: row[0], row })))(
    '$code is said by plan, generate, validate and rollout alike',
    async ({ row }) => {
      const [code, severity, files, isWritten = true] = row;
      const cwd = temporaryFolder();
      const all = new Map(Object.entries(files));
      if (![...all.keys()].some((path) => path.endsWith('pom.xml'))) all.set('p/pom.xml', pom('p'));
      const configuration = [...all].find(([path]) => path.endsWith('mi-patterns.yaml'));
      if (configuration !== undefined) all.delete(configuration[0]);
      all.set('mi-patterns.yaml', `image: {repository: acme/p, tag: "1"}\n${configuration?.[1] ?? ''}`);
      writeProject({ ...readProjectText('entries.txt'), files: all }, cwd);

      const planned = await found(cwd, 'plan');
      expect(planned.filter((one) => one.startsWith(`${severity} ${code} `))).not.toEqual([]);
      expect(await found(cwd, 'generate')).toEqual(planned);
      expect(existsSync(join(cwd, 'values.yaml'))).toBe(isWritten);
      if (isWritten) expect(await found(cwd, 'validate', 'values.yaml')).toEqual(planned);

      const report = join(cwd, 'report.html');
      await runHere(['plan', '--config', 'mi-patterns.yaml', '--report', report], cwd);
      expect(readFileSync(report, 'utf8')).toContain(code);

      withoutCluster(temporaryFolder());
      const { exitCode, stderr } = await runHere(['rollout', '--config', 'mi-patterns.yaml', '--yes'], cwd);
      expect(stderr).toContain(`${severity} ${code}`);
      // An error stops the rollout before the cluster is asked.
      expect(exitCode).toBe(severity === 'error' ? 1 : 3);
    },
  );

  test('there is a case of every code', () =>
    expect(cases.map(([code]) => code).toSorted()).toEqual(
      Object.keys(plannerCatalogue)
        .filter((code) => code.startsWith('MI-READY-'))
        .toSorted(),
    ));

  test('validate goes by what the values give, not by the configuration', async () => {
    const cwd = temporaryFolder();
    writeProject(readProjectText('unset-endpoint.txt'), cwd);
    await runHere(['generate', '--config', 'p/mi-patterns.yaml', '--out', 'p'], cwd);
    const values = join(cwd, 'p', 'values.yaml');
    const validated = (): Promise<{ readonly exitCode: number; readonly stdout: string }> =>
      runHere(['validate', 'p/values.yaml'], cwd);
    expect((await validated()).stdout).toContain('error MI-READY-SETTING');
    writeFileSync(values, readFileSync(values, 'utf8').replace('MI_TEST_OTHER:', 'MI_TEST_UNSET:'));
    expect(await validated()).toMatchObject({ exitCode: 0 });
  });
});
