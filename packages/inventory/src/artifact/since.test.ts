import { expect, test } from 'vitest';
import { endpoint, inSequence } from '../../test/support/texts.ts';
import { parseArtifactFile } from './parse.ts';

/** What of a text MI has since 4.4.0. */
const newer = (text: string): string[] =>
  parseArtifactFile(text, 'f.xml').artifacts.flatMap(({ effects }) =>
    effects.filter(({ type }) => type === 'since-4.4').map(({ subject }) => subject),
  );

test.each([
  ['<variable name="a" value="b"/><variable name="c" value="d"/>', 'the mediator `variable`'],
  ['<foreach collection="${payload.a}"><sequence/></foreach>', 'the expression ${payload.a}'],
  ['<log><property name="a" expression="${configs.a}"/></log>', 'the expression ${configs.a}'],
  ['<header name="a" scope="transport" value="${vars.a}"/>', 'the expression ${vars.a}'],
  [
    '<payloadFactory media-type="json"><format>{"a": ${vars.a}}</format></payloadFactory>',
    'an expression in the element `format`',
  ],
  ['<payloadFactory><format>{"a": 1}</format><args/></payloadFactory>', 'a payload of XML whose format is a text'],
])('%s needs MI 4.4.0', (mediators, what) => expect(newer(inSequence(mediators))).toEqual([what]));

test('an expression that is only logged is told apart, before and after one that MI 4.4.0 is needed for', () => {
  const all = (text: string): string[] =>
    parseArtifactFile(text, 'f.xml').artifacts.flatMap(({ effects }) => effects.map(({ type }) => type));
  const [logged, needed] = ['<log><message>${payload.a}</message></log>', '<variable name="a" value="b"/>'];
  expect(all(inSequence(logged + logged))).toEqual(['logs-since-4.4']);
  expect(all(inSequence(logged + needed))).toEqual(['logs-since-4.4', 'since-4.4']);
  expect(all(inSequence(needed + logged))).toEqual(['since-4.4']);
  expect(all(inSequence('<log><message>plain</message></log>'))).toEqual([]);
});

test.each([
  '<property name="a" value="${configs.a}"/><property name="b" value="$SYSTEM:b"/>',
  '<script language="js">var a = `${payload.a}`;</script>',
  '<payloadFactory media-type="json" template-type="FreeMarker"><format>{"a": ${payload.a}}</format></payloadFactory>',
  '<payloadFactory template-type="freemarker"><format><![CDATA[<a/>]]></format></payloadFactory>',
  '<payloadFactory media-type="application/json"><format>{"a": 1}</format></payloadFactory>',
  '<payloadFactory><format><a xmlns="">${b}</a></format></payloadFactory>',
  '<payloadFactory media-type="xml"><format key="k"/></payloadFactory>',
])('MI 4.3.0 has %s', (mediators) => expect(newer(inSequence(mediators))).toEqual([]));

test('an address with an expression needs MI 4.4.0, one with a variable of its own does not', () => {
  expect(newer(endpoint('<http uri-template="http://h/${vars.a}"/>'))).toEqual(['the expression http://h/${vars.a}']);
  expect(newer(endpoint('<http uri-template="http://h/{uri.var.a}"/>'))).toEqual([]);
  expect(newer(endpoint('<http uri-template="${configs.a}"/>'))).toEqual(['the configurable ${configs.a}']);
});
