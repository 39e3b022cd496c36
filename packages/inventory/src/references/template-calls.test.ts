import { expect, test } from 'vitest';
import { parseArtifactFile } from '../artifact/parse.ts';
import { resolveReferences } from './resolve.ts';

const SYN = 'xmlns="http://ws.apache.org/ns/synapse"';

function told(...snippets: readonly string[]): string[] {
  const artifacts = snippets.flatMap((snippet, at) =>
    parseArtifactFile(snippet.replace('@', SYN), `${at}.xml`).artifacts.map((parsed) => ({
      id: `${parsed.kind}/${parsed.name}`,
      parsed,
      applications: [],
    })),
  );
  const { diagnostics } = resolveReferences({ artifacts, applications: [], configurations: [] });
  return diagnostics.map(({ code, message }) => `${code} ${message}`);
}

const template = (parameter: string): string =>
  `<template @ name="T"><parameter name="p" ${parameter}/><sequence><log/></sequence></template>`;
const flow = (inner: string): string =>
  `<sequence @ name="A"><call-template target="T">${inner}</call-template></sequence>`;

test.each(['isMandatory="true"', 'isMandatory="TRUE" defaultValue="x"'])(
  'a call without a parameter that is %s fails',
  (parameter) => {
    expect(told(template(parameter), flow(''))).toEqual([
      'MI-REF-PARAMETER sequence/A uses template/T without the parameter p, which is mandatory there: the flow fails at the call. A defaultValue does not count.',
    ]);
    expect(told(template(parameter), flow('<with-param name="p" value=""/>'))).toEqual([]);
  },
);

test('a call may leave out what is not mandatory, or not so in each definition', () => {
  expect(told(template(''), flow(''))).toEqual([]);
  expect(told(template('isMandatory="false"'), flow(''))).toEqual([]);
  expect(told(template('isMandatory="true"'), template(''), flow(''))).toEqual([]);
});

test('a task gives the parameters of its template too', () => {
  const task = (given: string): string =>
    `<task @ name="K" class="org.apache.synapse.startup.tasks.TemplateMessageExecutor"><trigger interval="5"/><property name="templateKey" value="T"/><property name="templateParams"><params xmlns="">${given}</params></property></task>`;
  const [first = '', ...others] = told(template('isMandatory="true"'), task('<q>1</q>'));
  expect(first).toMatch(/^MI-REF-PARAMETER task\/K uses template\/T without the parameter p,/);
  expect(others).toEqual([]);
  expect(told(template('isMandatory="true"'), task('<p>1</p>'))).toEqual([]);
});

test('an endpoint has the text of a parameter that nobody gives', () => {
  const ofEndpoints = `<template @ name="E"><parameter name="name"/><parameter name="method"/><parameter name="unused"/><endpoint name="$name"><http uri-template="$uri" method="$method"/></endpoint></template>`;
  const endpoint = (given: string): string => `<endpoint @ name="P" template="E" ${given}</endpoint>`;
  expect(told(ofEndpoints, endpoint('>'))).toEqual([
    'MI-REF-PARAMETER endpoint/P uses template/E without the parameters method, uri: Micro Integrator takes the text $method for the value, and calls fail.',
  ]);
  expect(told(ofEndpoints, endpoint('uri="http://a/b"><parameter name="method" value="get"/>'))).toEqual([]);
});
