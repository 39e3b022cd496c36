import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/command.ts';
import { runHere } from '../support/projects.ts';
import { zip } from '../support/zip.ts';

type Content = string | Buffer;
/** Files of a user's folder, by path; undefined in what mends a fault: the file goes. */
type Files = Readonly<Record<string, Content | undefined>>;

interface Found {
  readonly code: string;
  readonly severity: string;
  readonly message: string;
  readonly hint: string;
  readonly source?: { readonly path: string; readonly line: number; readonly column: number };
}

interface Case {
  readonly code: string;
  /** The severity, where it is not the error that the test takes for granted. */
  readonly severity?: 'warning' | 'info';
  readonly files: Files;
  /** Arguments of the command; `scan .` where missing. */
  readonly run?: readonly string[];
  /** The path of the place, and what stands there; undefined: the file is no text. */
  readonly at?: readonly [path: string, text: string | undefined];
  /** Of the sentence, the hint with it. */
  readonly says?: string;
  /** The next step, done: what changes in the files, or in the arguments. */
  readonly mended: Files | readonly string[];
}

const synapse = 'xmlns="http://ws.apache.org/ns/synapse"';
const artifacts = 'src/main/wso2mi/artifacts';
const resources = 'src/main/wso2mi/resources';
const pom = (version = '4.4.0', name = 'app', dependencies = ''): string => `<project>
  <groupId>com.example</groupId>
  <artifactId>${name}</artifactId>
  <version>1.0.0</version>
  <properties>
    <projectType>integration-project</projectType>
    <project.runtime.version>${version}</project.runtime.version>
  </properties>
  ${dependencies}
</project>
`;
const api = (name = 'A', body = '<respond/>'): string => `<api ${synapse} name="${name}" context="/${name}">
  <resource methods="GET"><inSequence>${body}</inSequence></resource>
</api>
`;
const looksUp = (dataSource: string): string =>
  api('A', `<dblookup><connection><pool><dsName>${dataSource}</dsName></pool></connection></dblookup><respond/>`);
const sequence = (name = 'S', body = '<drop/>'): string => `<sequence ${synapse} name="${name}">${body}</sequence>\n`;
const task = (name = 'T', trigger = '<trigger interval="60"/>'): string => `<task ${synapse} name="${name}"
      class="org.apache.synapse.startup.tasks.MessageInjector">
  ${trigger}
  <property name="injectTo" value="sequence"/>
  <property name="sequenceName" value="S"/>
  <property name="message"><x/></property>
</task>
`;
const listener = (name: string, port: string): string => `<inboundEndpoint ${synapse} name="${name}" protocol="http"
    sequence="S" onError="fault">
  <parameters>
    <parameter name="inbound.http.port">${port}</parameter>
  </parameters>
</inboundEndpoint>
`;
const fileProxy = (transports: string): string => `<proxy ${synapse} name="V" transports="${transports}">
  <target><inSequence><drop/></inSequence></target>
  <parameter name="transport.vfs.FileURI">file:///in</parameter>
  <parameter name="transport.vfs.ContentType">text/plain</parameter>
  <parameter name="transport.vfs.Locking">disable</parameter>
</proxy>
`;
const injecting = task()
  .replace('value="sequence"', 'value="proxy"')
  .replace('name="sequenceName" value="S"', 'name="proxyName" value="V"');
const project: Files = { 'pom.xml': pom(), [`${artifacts}/apis/A.xml`]: api() };
const withTask: Files = {
  ...project,
  [`${artifacts}/tasks/T.xml`]: task(),
  [`${artifacts}/sequences/S.xml`]: sequence(),
};
const under = (folder: string, files: Files): Files =>
  Object.fromEntries(Object.entries(files).map(([path, content]) => [`${folder}/${path}`, content]));
const configuration = (lines: string): Files => ({
  'mi-patterns.yaml': `artifacts: [.]\nrelease: app\nimage: {repository: acme/app, tag: 1.0.0}\n${lines}environments: {prod: {}}\n`,
});

/** An archive of an API and a sequence as the build writes it; `files` and `list` change what is in it. */
function archive(files: Files = {}, list = (text: string): string => text): Buffer {
  const listed = ['A', 'S']
    .map((name) => `    <dependency artifact="${name}" version="1.0.0" serverRole="EnterpriseIntegrator"/>\n`)
    .join('');
  const descriptor = (name: string, type: string): string =>
    `<artifact name="${name}" version="1.0.0" type="synapse/${type}" serverRole="EnterpriseIntegrator">\n  <file>${name}-1.0.0.xml</file>\n</artifact>\n`;
  const all: Files = {
    'artifacts.xml': list(
      `<artifacts>\n  <artifact name="app" version="1.0.0" type="carbon/application">\n${listed}  </artifact>\n</artifacts>\n`,
    ),
    'A_1.0.0/': '',
    'A_1.0.0/artifact.xml': descriptor('A', 'api'),
    'A_1.0.0/A-1.0.0.xml': api(),
    'S_1.0.0/': '',
    'S_1.0.0/artifact.xml': descriptor('S', 'sequence'),
    'S_1.0.0/S-1.0.0.xml': sequence(),
    ...files,
  };
  return zip(Object.fromEntries(Object.entries(all).filter(([, content]) => content !== undefined)) as never);
}

const connector = zip({ 'connector.xml': '<connector><component name="f" package="org.x.f"/></connector>' });
const legacyModule: Files = {
  'm/pom.xml': '<project><groupId>g</groupId><artifactId>m</artifactId><version>1.0.0</version></project>',
  'm/artifact.xml': `<artifacts>
  <artifact name="S" groupId="g.sequence" version="1.0.0" type="synapse/sequence">
    <file>src/main/synapse-config/sequences/S.xml</file>
  </artifact>
</artifacts>
`,
  'm/src/main/synapse-config/sequences/S.xml': sequence(),
  'e/pom.xml': `<project>
  <groupId>g</groupId><artifactId>e</artifactId><version>1.0.0</version>
  <packaging>carbon/application</packaging>
  <dependencies>
    <dependency><groupId>g.sequence</groupId><artifactId>S</artifactId><version>1.0.0</version><type>xml</type></dependency>
  </dependencies>
</project>
`,
};
const download = `<dependencies>
    <dependency><groupId>g</groupId><artifactId>mi-connector-f</artifactId><version>1.0.0</version><type>zip</type></dependency>
  </dependencies>`;
const calling = (more: string): string => api('A', `<call><endpoint><http uri-template="${more}"/></endpoint></call>`);

const cases: readonly Case[] = [
  {
    code: 'MI-CAR-FILES',
    files: {
      'app.car': archive({
        'A_1.0.0/artifact.xml':
          '<artifact name="A" version="1.0.0" type="synapse/api">\n  <file>A-1.0.0.xml</file><file>B.xml</file>\n</artifact>\n',
        'A_1.0.0/B.xml': api('B'),
      }),
    },
    at: ['app.car!/A_1.0.0/artifact.xml', undefined],
    mended: { 'app.car': archive() },
  },
  {
    code: 'MI-ZIP-DUPLICATE',
    severity: 'warning',
    files: {
      'app.car': Buffer.from(
        archive({ 'A_1.0.0/B-1.0.0.xml': api() }).toString('latin1').replaceAll('B-1.0.0', 'A-1.0.0'),
        'latin1',
      ),
    },
    at: ['app.car!/A_1.0.0/A-1.0.0.xml', undefined],
    says: 'A-1.0.0.xml is in the archive twice; MI unpacks the last one',
    mended: { 'app.car': archive() },
  },
  {
    code: 'MI-LEGACY-CONTENT',
    files: {
      ...legacyModule,
      'm/src/main/synapse-config/sequences/S.xml': `<!-- of orders -->\n<endpoint ${synapse} name="S"/>`,
    },
    at: ['m/src/main/synapse-config/sequences/S.xml', '<endpoint'],
    says: 'it is an endpoint',
    mended: legacyModule,
  },
  {
    code: 'MI-LOOPBACK-PORT',
    severity: 'warning',
    files: { ...project, [`${artifacts}/apis/A.xml`]: calling('http://localhost:8280/A') },
    at: [`${artifacts}/apis/A.xml`, 'uri-template='],
    mended: { [`${artifacts}/apis/A.xml`]: calling('http://localhost:8290/A') },
  },
  {
    code: 'MI-REF-MISSING',
    severity: 'warning',
    files: { ...project, [`${artifacts}/apis/A.xml`]: looksUp('jdbc/Orders') },
    at: [`${artifacts}/apis/A.xml`, '<dsName>'],
    says: 'uses the data source jdbc/Orders',
    mended: { 'deployment/deployment.toml': '[[datasource]]\nid = "Orders"\nurl = "jdbc:mysql://db/orders"\n' },
  },
  {
    code: 'MI-PRJ-CONNECTOR-NAME',
    files: { ...project, [`${resources}/connectors/f.zip`]: connector },
    at: [`${resources}/connectors/f.zip`, undefined],
    mended: { [`${resources}/connectors/f.zip`]: undefined, [`${resources}/connectors/f-1.0.0.zip`]: connector },
  },
  {
    code: 'MI-READ-TOO-DEEP',
    files: { ...project, [`${'d/'.repeat(130)}notes.xml`]: '<notes/>' },
    mended: { [`${'d/'.repeat(130)}notes.xml`]: undefined },
  },
  {
    code: 'MI-PRJ-FOLDER',
    files: { ...project, [`${artifacts}/sequences/E.xml`]: `<endpoint ${synapse} name="E"><default/></endpoint>` },
    at: [`${artifacts}/sequences/E.xml`, '<endpoint'],
    says: 'is an endpoint',
    mended: {
      [`${artifacts}/sequences/E.xml`]: undefined,
      [`${artifacts}/endpoints/E.xml`]: `<endpoint ${synapse} name="E"><default/></endpoint>`,
    },
  },
  {
    code: 'MI-CRON-INVALID',
    severity: 'warning',
    files: { ...withTask, [`${artifacts}/tasks/T.xml`]: task('T', '<trigger cron="0 0 2 30 2 ?"/>') },
    at: [`${artifacts}/tasks/T.xml`, '<trigger cron'],
    says: 'Name a day that its months have',
    mended: { [`${artifacts}/tasks/T.xml`]: task('T', '<trigger cron="0 0 2 28 2 ?"/>') },
  },
  {
    code: 'MI-APP-TWICE',
    severity: 'warning',
    files: {
      ...under('p', { ...project, [`${artifacts}/sequences/S.xml`]: sequence() }),
      'app.car': archive({ 'A_1.0.0/A-1.0.0.xml': api('A', '<log/><respond/>') }),
    },
    says: 'the archive is what would be delivered',
    mended: { 'app.car': undefined },
  },
  {
    code: 'MI-EXPLAIN-AMBIGUOUS',
    files: { ...withTask, [`${artifacts}/tasks/S.xml`]: task('S') },
    run: ['explain', 'S', '.'],
    mended: ['explain', 'sequence/S', '.'],
  },
  {
    code: 'MI-PLAN-OVERRIDE',
    files: { ...withTask, ...configuration('verdicts:\n  task/Tx: {class: stateless, reason: safe to repeat}\n') },
    run: ['plan'],
    at: ['mi-patterns.yaml', 'task/Tx:'],
    says: 'Did you mean task/T? Correct',
    mended: configuration(''),
  },
  {
    code: 'MI-PLAN-OWN-SEQUENCE',
    severity: 'warning',
    files: { ...project, [`${artifacts}/sequences/main.xml`]: sequence('main') },
    run: ['plan', '.'],
    at: [`${artifacts}/sequences/main.xml`, '<sequence'],
    mended: {
      [`${artifacts}/sequences/main.xml`]: undefined,
      [`${artifacts}/sequences/other.xml`]: sequence('other'),
    },
  },
  {
    code: 'MI-ISO-SAME-CAR',
    severity: 'warning',
    files: withTask,
    run: ['plan', '.', '--delivery', 'archives'],
    at: [`${artifacts}/tasks/T.xml`, '<task'],
    mended: ['plan', '.', '--delivery', 'roles'],
  },
  {
    code: 'MI-PLAN-PORT-CLASH',
    files: {
      ...withTask,
      [`${artifacts}/inbound-endpoints/I.xml`]: listener('I', '9001'),
      [`${artifacts}/inbound-endpoints/J.xml`]: listener('J', '9001'),
    },
    run: ['plan', '.'],
    at: [`${artifacts}/inbound-endpoints/J.xml`, '<parameter name="inbound.http.port">'],
    mended: { [`${artifacts}/inbound-endpoints/J.xml`]: listener('J', '9002') },
  },
  {
    code: 'MI-PLAN-OVERRIDDEN',
    severity: 'warning',
    files: { ...withTask, ...configuration('verdicts:\n  task/T: {class: stateless, reason: safe to repeat}\n') },
    run: ['plan'],
    at: ['mi-patterns.yaml', 'task/T:'],
    mended: configuration(''),
  },
  {
    code: 'MI-ISO-INJECT-PROXY',
    files: {
      ...project,
      [`${artifacts}/tasks/T.xml`]: injecting,
      [`${artifacts}/proxy-services/V.xml`]: fileProxy('vfs'),
      ...configuration('verdicts:\n  task/T: {class: stateless, reason: safe to repeat}\n'),
    },
    run: ['plan'],
    at: [`${artifacts}/tasks/T.xml`, 'value="V"'],
    says: 'Remove the entry for task/T under "verdicts:"',
    mended: configuration(''),
  },
  {
    code: 'MI-ISO-LOOPBACK',
    files: {
      ...project,
      [`${artifacts}/apis/A.xml`]: calling('http://localhost:8290/services/V'),
      [`${artifacts}/proxy-services/V.xml`]: fileProxy('vfs local'),
    },
    run: ['plan', '.'],
    at: [`${artifacts}/apis/A.xml`, 'uri-template='],
    says: 'Let proxy-service/V answer HTTP too, and point the address',
    mended: ['plan', '.', '--pattern', 'single-replica'],
  },
  {
    code: 'MI-PLAN-PORT',
    severity: 'warning',
    files: {
      ...withTask,
      [`${artifacts}/inbound-endpoints/I.xml`]: listener('I', '').replace('port">', 'port" key="gov:/port">'),
      ...configuration(''),
    },
    run: ['generate', '--no-package'],
    at: [`${artifacts}/inbound-endpoints/I.xml`, '<parameter name="inbound.http.port" key='],
    mended: configuration('values:\n  workloads: {integration: {ports: {orders: {port: 9001}}}}\n'),
  },
  {
    code: 'MI-PKG-CONNECTOR',
    files: { ...project, 'pom.xml': pom('4.4.0', 'app', download) },
    run: ['package', '.', '--out', 'out'],
    at: ['pom.xml', '<dependency>'],
    mended: { [`${resources}/connectors/mi-connector-f-1.0.0.zip`]: connector },
  },
  {
    code: 'MI-PKG-RUNTIME',
    severity: 'warning',
    files: { ...withTask, ...configuration('runtime: {version: 4.2.0}\n') },
    run: ['generate', '--no-package'],
    at: ['mi-patterns.yaml', 'version: 4.2.0'],
    mended: configuration('runtime: {version: 4.4.0}\n'),
  },
  {
    code: 'MI-PKG-LIBRARY-CLASH',
    severity: 'warning',
    files: {
      ...under('a', { ...project, 'deployment/libs/x.jar': zip({ 'A.class': 'a' }) }),
      ...under('b', {
        'pom.xml': pom('4.4.0', 'other'),
        [`${artifacts}/apis/B.xml`]: api('B'),
        'deployment/libs/x.jar': zip({ 'A.class': 'b' }),
      }),
    },
    run: ['package', '.', '--out', 'out'],
    at: ['a/deployment/libs/x.jar', undefined],
    mended: { 'b/deployment/libs/x.jar': zip({ 'A.class': 'a' }) },
  },
  {
    code: 'MI-PKG-CONFIGMAP-SIZE',
    files: {
      ...project,
      [`${resources}/registry/gov/a.bin`]: Buffer.from(
        Array.from({ length: 1_200_000 }, (_, at) => (at * at * 31) % 251),
      ),
      [`${resources}/registry/artifact.xml`]:
        '<artifacts><artifact name="a" version="1.0.0" type="registry/resource" serverRole="EnterpriseIntegrator"><item><file>gov/a.bin</file><path>/_system/governance</path></item></artifact></artifacts>',
    },
    run: ['package', '.', '--out', 'out', '--format', 'configmap'],
    mended: ['package', '.', '--out', 'out', '--format', 'volume'],
  },
  {
    code: 'MI-INIT-EXISTS',
    files: { ...withTask, ...configuration('') },
    run: ['init'],
    mended: { 'mi-patterns.yaml': undefined },
  },
  {
    code: 'MI-CONFIG-ROOT',
    files: { ...withTask, 'mi-patterns.yaml': '- artifacts\n' },
    run: ['plan'],
    at: ['mi-patterns.yaml', '- artifacts'],
    mended: configuration(''),
  },
];

function write(folder: string, files: Files): string {
  for (const [path, content] of Object.entries(files)) {
    if (content === undefined) continue;
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

async function findingsOf(args: readonly string[], folder: string): Promise<{ exitCode: number; found: Found[] }> {
  const { exitCode, stdout } = await runHere([...args, '--json'], folder);
  const found: Found[] = [];
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if ('code' in value && 'severity' in value && 'message' in value) found.push(value as Found);
    else for (const inner of Object.values(value)) visit(inner);
  };
  visit(JSON.parse(stdout));
  return { exitCode, found };
}

/** Codes that are new and no note. */
const grave = (found: readonly Found[]): string[] =>
  found.filter(({ severity }) => severity !== 'info').map(({ code }) => code);

describe.each(cases)('$code', ({ code, severity = 'error', files, run = ['scan', '.'], at, says, mended }) => {
  test('is told at its place, in every form', async () => {
    const folder = write(temporaryFolder(), files);
    const { exitCode, found } = await findingsOf(run, folder);
    const [finding] = found.filter((one) => one.code === code && one.severity === severity);
    expect(found.map((one) => one.code)).toContain(code);
    expect({ code, severity: finding?.severity, fails: exitCode > 0 }).toEqual({
      code,
      severity,
      fails: found.some((one) => one.severity === 'error'),
    });
    if (says !== undefined) expect(`${finding?.message} ${finding?.hint}`).toContain(says);
    if (at !== undefined) {
      const [path, text] = at;
      expect(finding?.source?.path).toBe(path);
      const { line = 0, column = 0 } = finding?.source ?? {};
      if (text !== undefined) {
        const lines = readFileSync(join(folder, path), 'utf8').split('\n');
        expect(lines[line - 1]?.slice(column - 1, column - 1 + text.length)).toBe(text);
      }
    }
    for (const format of ['sarif', 'junit', 'github']) {
      const copy = write(temporaryFolder(), files);
      const { stdout, stderr } = await runHere([...run, '--format', format], copy);
      expect(stdout + stderr, format).toContain(code);
    }
  });

  test('is gone once the next step is done, and nothing new is told', async () => {
    const [args, changes] = Array.isArray(mended) ? [mended as readonly string[], {}] : [run, mended as Files];
    const before = grave((await findingsOf(run, write(temporaryFolder(), files))).found);
    const { found } = await findingsOf(args, write(temporaryFolder(), { ...files, ...changes }));
    expect(found.filter((one) => one.code === code && one.severity === severity)).toEqual([]);
    expect(grave(found).filter((one) => !before.includes(one))).toEqual([]);
  });
});
