import { expect, test } from 'vitest';
import { type Files, makeTree, projectPom } from '../../test/support/files.ts';
import { readInventory } from '../read-inventory.ts';

const synapse = 'xmlns="http://ws.apache.org/ns/synapse"';
const inProject = (name: string, file: string, text: string): Files => ({
  [`${name}/pom.xml`]: projectPom(name),
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
