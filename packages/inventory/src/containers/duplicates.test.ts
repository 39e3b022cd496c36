import { expect, test } from 'vitest';
import { type Files, makeTree, projectPom } from '../../test/support/files.ts';
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
