import { describe, expect, test } from 'vitest';
import { parseArtifactFile } from './parse.ts';

const found = (flow: string): string[] =>
  parseArtifactFile(
    `<sequence xmlns="http://ws.apache.org/ns/synapse" name="s">${flow}</sequence>`,
    'f.xml',
  ).diagnostics.map(({ code, message }) => `${code} ${message.split('. ')[0]}`);

describe('mediators', () => {
  test.each([
    ['<notamediator/>', '`notamediator`'],
    ['<filter xpath="//a"><then><publishEvent/></then></filter>', '`publishEvent`'],
    ['<filter xpath="//a"><else><log/></else></filter>', '`else`'],
    ['<switch source="//a"><case regex="a"><x/></case></switch>', '`x`'],
    ['<aggregate><onComplete expression="//a"><x/></onComplete></aggregate>', '`x`'],
    ['<log xmlns=""/>', '`log` of the namespace ""'],
    ['<dataServicesCall serviceName="d"/>', '`dataServicesCall`'],
    ['<x:aggregate xmlns:x="other"/>', '`aggregate` of the namespace "other"'],
  ])('that MI does not have are told: %s', (flow, name) => {
    expect(found(flow)).toEqual([`MI-XML-MEDIATOR Micro Integrator has no mediator ${name}`]);
  });

  test.each([
    '<description>text</description><log/><file.read/><variable name="a" value="b"/><throwError type="T"/>',
    '<payloadFactory media-type="xml"><format><x xmlns=""/></format><args/></payloadFactory>',
    '<call><endpoint><default><timeout><duration>1</duration></timeout></default></endpoint></call>',
    '<filter xpath="//a"><log/></filter><dataServiceCall serviceName="d"/>',
    '<scatter-gather><aggregation/><sequence><log/></sequence></scatter-gather>',
  ])('that MI has are not: %s', (flow) => {
    expect(found(flow)).toEqual([]);
  });
});

describe('parameters of operations', () => {
  const create = (source: string): string => `<file.create><path>/a</path><source>${source}</source></file.create>`;

  test.each([create('{text file path}'), `<a.b><list>${create('{text file path}')}</list></a.b>`])(
    'that no expression can be are told: %s',
    (flow) => {
      expect(found(flow)).toEqual([
        expect.stringMatching(
          /^MI-ARTIFACT-VALUE The operation `.*` has the source "\{text file path\}", which is not a valid expression: /,
        ),
      ]);
    },
  );

  test.each([
    'text file path',
    '{$ctx:path}',
    '{json-eval($.path)}',
    '{${payload.path}}',
    '{{text file path}}',
    ' {text file path}',
    '\n<![CDATA[{"a": "b"}]]>\n',
    '',
    "{concat('{', $ctx:path, '}')}",
    "{fn:concat('a', get-property('b'))}",
  ])('that MI takes are not: %j', (text) => {
    expect(found(create(text).replaceAll('file.', 'f.'))).toEqual([]);
  });
});
