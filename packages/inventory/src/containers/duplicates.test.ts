import { expect, test } from 'vitest';
import { type Files, makeTree, projectPom } from '../../test/support/files.ts';
import { idleFiles } from '../model/is-deployed.ts';
import { readInventory } from '../read-inventory.ts';

const synapse = 'xmlns="http://ws.apache.org/ns/synapse"';
const inProject = (name: string, file: string, text: string, pom = ''): Files => ({
  [`${name}/pom.xml`]: projectPom(name, '1.0.0', pom),
  [`${name}/src/main/wso2mi/artifacts/${file}`]: text,
});

async function read(one: string, other: string, folder: string): Promise<unknown> {
  const files = { ...inProject('a', `${folder}/D.xml`, one), ...inProject('b', `${folder}/D.xml`, other) };
  const { artifacts, diagnostics } = await readInventory(['.'], { cwd: makeTree(files) });
  return [artifacts[0]?.redefined === true, ...diagnostics.map(({ severity, message }) => `${severity} ${message}`)];
}

const kept =
  'a_1.0.0 and b_1.0.0 deliver different definitions of the same artifact: %. A server that has both keeps the one that it deploys later, for the flows of both.';
const failed =
  'a_1.0.0 and b_1.0.0 deliver the same artifact: %. A server that has both rejects the archive that it deploys later.';
const endpoint = (host: string): string =>
  `<endpoint name="D" ${synapse}>\n<address uri="http://${host}/x"/></endpoint>`;
const template = (text: string): string =>
  `<template name="D" ${synapse}><sequence><log><property name="p" value="${text}"/></log></sequence></template>`;

test.each([
  ['endpoints', endpoint('one'), endpoint('two'), [true, `warning ${kept.replace('%', 'endpoint/D')}`]],
  ['endpoints', endpoint('one'), endpoint('one').replace('\n', '\n    '), [false]],
  ['templates', template('one'), template('two'), [true, `warning ${kept.replace('%', 'template/D')}`]],
  ['templates', template('one'), template('one'), [false]],
  [
    'sequences',
    `<sequence name="D" ${synapse}><log/></sequence>`,
    `<sequence name="D" ${synapse}><log/></sequence>`,
    [false, `warning ${failed.replace('%', 'sequence/D')}`],
  ],
])('what a server does with two %s of one name', async (folder, one, other, expected) => {
  expect(await read(one, other, folder)).toEqual(expected);
});

const versioned = '<versionedDeployment>true</versionedDeployment>';
const exposing = "[synapse_properties]\n'expose.versioned.services' = true\n";
const ofKind: Readonly<Record<string, readonly [folder: string, text: string]>> = {
  api: ['apis', `<api name="D" context="/d" ${synapse}><resource methods="GET"><inSequence><respond/></inSequence></resource></api>`],
  'proxy-service': ['proxy-services', `<proxy name="D" transports="http" ${synapse}><target><inSequence><respond/></inSequence></target></proxy>`],
  'data-service': ['data-services', '<data name="D"><config id="c"><property name="carbon_datasource_name">X</property></config></data>'],
  'data-source': ['data-sources', '<datasource><name>D</name><definition type="RDBMS"><configuration><url>jdbc:mysql://h/d</url></configuration></definition></datasource>'],
  'inbound-endpoint': ['inbound-endpoints', `<inboundEndpoint name="D" protocol="http" sequence="s" onError="s" ${synapse}><parameters><parameter name="inbound.http.port">9090</parameter></parameters></inboundEndpoint>`],
  sequence: ['sequences', `<sequence name="D" ${synapse}><log/></sequence>`],
  'local-entry': ['local-entries', `<localEntry key="D" ${synapse}>text</localEntry>`],
}; // prettier-ignore

test.each([
  ['api', '', 'told'],
  ['api', exposing, 'told', 'b'],
  ['sequence', exposing, 'silent', 'b'],
  ['proxy-service', '', 'told'],
  ['data-service', '', 'told'],
  ['data-source', '', 'told'],
  ['inbound-endpoint', '', 'told'],
  ['sequence', '', 'silent'],
  ['local-entry', '', 'silent'],
  ['api', exposing, 'silent'],
  ['proxy-service', exposing, 'silent'],
  ['data-service', exposing, 'silent'],
  ['data-source', exposing, 'told'],
  ['inbound-endpoint', exposing, 'told'],
  ['api', exposing.replace('true', 'false'), 'told'],
])(
  'two applications with versioned deployment that bring one %s, with %j',
  async (kind, toml, expected, plain = '') => {
    const [folder, text] = ofKind[kind] ?? ['', ''];
    const files: Files = {
      ...inProject('a', `${folder}/D.xml`, text, versioned),
      ...inProject('b', `${folder}/D.xml`, text, versioned),
      ...inProject('c', 'sequences/Other.xml', `<sequence name="Other" ${synapse}/>`),
      'c/deployment/deployment.toml': '[server]\nhostname = "c"\n',
      ...(toml === '' ? {} : { 'a/deployment/deployment.toml': toml }),
      ...(plain === '' ? {} : { [`${plain}/deployment/deployment.toml`]: '[server]\nhostname = "b"\n' }),
    };
    const { diagnostics } = await readInventory(['.'], { cwd: makeTree(files) });
    expect(diagnostics.filter(({ code }) => code === 'MI-DUPLICATE').map(({ message }) => message)).toEqual(
      expected === 'told' ? [failed.replace('%', `${kind}/D`)] : [],
    );
  },
);

const api = '<api name="D" context="/d" xmlns="http://ws.apache.org/ns/synapse"><resource/></api>';

async function findings(files: Files): Promise<unknown> {
  const { diagnostics } = await readInventory(['.'], { cwd: makeTree(files) });
  return diagnostics
    .filter(({ code }) => code !== 'MI-PRJ-UNKNOWN-FOLDER')
    .map(({ severity, message, source, related }) => [
      severity,
      message,
      ...[source, ...(related ?? [])].map((place) => place?.path.replace('src/main/wso2mi/artifacts/', '')),
    ]);
}

test('a copy that the build skips is no second delivery', async () => {
  const files = { ...inProject('a', 'apis/D.xml', api), ...inProject('a', 'old/D.xml', api) };
  expect(await findings({ ...files, ...inProject('b', 'apis/D.xml', api) })).toEqual([
    ['warning', failed.replace('%', 'api/D'), 'a/apis/D.xml', 'b/apis/D.xml'],
  ]);
  expect(await findings({ ...files, ...inProject('a', 'apis/E.xml', api) })).toEqual([
    [
      'error',
      'api D appears 2 times in a_1.0.0; MI keeps one of them or rejects the whole archive.',
      'a/apis/D.xml',
      'a/apis/E.xml',
    ],
  ]);
});

test('a server leaves out what it has already, and no archive with it', async () => {
  const folder = 'h/repository/deployment/server/synapse-configs/default/api';
  expect(await findings({ [`${folder}/D.xml`]: api, [`${folder}/E.xml`]: api })).toEqual([
    [
      'error',
      'api D appears 2 times in h; MI keeps one of them and leaves the others out.',
      `${folder}/D.xml`,
      `${folder}/E.xml`,
    ],
  ]);
});

/** A module of a legacy project with the API D and a registry resource. */
const inModule = (name: string): Files => ({
  [`${name}/artifact.xml`]:
    '<artifacts><artifact name="D" groupId="g.api" version="1" type="synapse/api"><file>D.xml</file></artifact><artifact name="R" groupId="g.resource" version="1" type="registry/resource"><item><file>r.json</file><path>/_system/config</path></item></artifact></artifacts>',
  [`${name}/D.xml`]: api,
  [`${name}/r.json`]: '{}',
});
const dependency = (group: string, name: string): string =>
  `<dependency><groupId>g.${group}</groupId><artifactId>${name}</artifactId><version>1</version><type>xml</type></dependency>`;
const exporter = (dependencies: string): Files => ({
  'car/pom.xml': `<project><groupId>g</groupId><artifactId>car</artifactId><version>1</version><packaging>carbon/application</packaging><dependencies>${dependencies}</dependencies></project>`,
});

test('an exporter packs one of two modules with the same coordinates', async () => {
  const files = {
    ...inModule('a'),
    ...inModule('b'),
    ...exporter(dependency('api', 'D') + dependency('resource', 'R')),
  };
  expect(await findings(files)).toEqual([
    [
      'warning',
      'api D is in 2 modules under the coordinates that car_1 names: its build packs the one that was built last.',
      'a/D.xml',
      'b/D.xml',
    ],
  ]);
});

test.each([
  ['a registry resource', dependency('api', 'D'), ['a/r.json']],
  ['an API', dependency('resource', 'R'), ['a/D.xml']],
  ['nothing', dependency('api', 'D') + dependency('resource', 'R'), []],
])('files that no application delivers: %s', async (_, dependencies, idle) => {
  const files = { ...inModule('a'), ...exporter(dependencies) };
  expect([...idleFiles(await readInventory(['.'], { cwd: makeTree(files) }))]).toEqual(idle);
});

test.each([
  ['that nothing delivers', 'old/E.xml', 'warning'],
  ['that is a copy', 'old/D.xml', 'warning'],
  ['that is delivered', 'apis/D.xml', 'error'],
])('what is wrong with a file %s', async (_, broken, severity) => {
  const wrong = api.replace('<resource/>', '<resource><inSequence><call-template target=""/></inSequence></resource>');
  const name = broken.slice(-5, -4);
  const files = { ...inProject('a', 'apis/D.xml', api), ...inProject('a', broken, wrong.replace('"D"', `"${name}"`)) };
  const { diagnostics } = await readInventory(['.'], { cwd: makeTree(files) });
  expect(diagnostics.find(({ code }) => code === 'MI-ARTIFACT-INCOMPLETE')?.severity).toBe(severity);
});

test.each(['a/src/main/wso2mi/artifacts/old/E.xml', 'a/src/E.xml', 'E.xml'])(
  'what cannot be read in %s, which nothing delivers, is no error',
  async (path) => {
    const files = { ...inProject('a', 'apis/D.xml', api), [path]: api.replace('</api>', '') };
    const { diagnostics } = await readInventory(['.'], { cwd: makeTree(files) });
    expect(diagnostics.map(({ code, severity }) => [code, severity])).toEqual([['MI-XML-MALFORMED', 'warning']]);
  },
);
