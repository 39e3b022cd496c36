import { describe, expect, test } from 'vitest';
import {
  harmful,
  idle,
  refusedBefore,
  refusedScripts,
  refusedTasks,
  resting,
  restless,
} from '../../test/support/refused-parts.ts';
import { takenSince } from '../../test/support/refused-mediators.ts';
import { dropped, neverRun, refused, running, taken, takenWithMore } from '../../test/support/refusals.ts';
import type { Told } from '../../test/support/texts.ts';
import type { Severity } from '../model/diagnostic.ts';
import { parseArtifactFile } from './parse.ts';

/** What is said of a text. */
const told = (text: string): string[] =>
  parseArtifactFile(text, 'f.xml').diagnostics.map(({ code, message }) => `${code} ${message}`);

describe('what MI refuses', () => {
  test.each(dropped)('with its archive, which is absent then: %s', (text, sentence) =>
    expect(told(text)).toEqual([`MI-ARTIFACT-${sentence}; Micro Integrator drops the whole archive and stays ready.`]),
  );

  test.each(refused)('%s', (text, sentence) =>
    expect(told(text)).toEqual([
      `MI-ARTIFACT-${sentence}; Micro Integrator refuses it and undeploys the whole archive.`,
    ]),
  );
});

test.each(neverRun)('%s never runs', (text, sentence) =>
  expect(told(text)).toEqual([`MI-TASK-TRIGGER ${sentence}; Micro Integrator deploys the task, but it never runs.`]),
);

test.each(refusedScripts)('%s is no script', (text, fault) =>
  expect(told(text)).toEqual([
    `MI-ARTIFACT-VALUE The mediator \`script\` has a text that is not valid JavaScript (${fault}); from 4.3.0 on, Micro Integrator refuses it and undeploys the whole archive.`,
  ]),
);

test('the place of what is wrong in a script is its line', () => {
  const text =
    '<sequence xmlns="http://ws.apache.org/ns/synapse" name="S"><script language="js"><![CDATA[\nvar a;\n  var b = ;\n]]></script></sequence>';
  expect(parseArtifactFile(text, 'f.xml').diagnostics).toMatchObject([{ source: { line: 3, column: 3 } }]);
});

test.each([
  ['a(b..*::c);', true],
  ['a(b..c);', true],
  ['a = b[0].@c;', true],
  ['a(<b/>);', true],
  ['a(...b;', false],
])('%s is told to be for Rhino: %s', (script, isOfRhino) => {
  const text = `<sequence xmlns="http://ws.apache.org/ns/synapse" name="S"><script language="js"><![CDATA[${script}]]></script></sequence>`;
  expect(parseArtifactFile(text, 'f.xml').diagnostics.map(({ hint }) => hint.includes('rhinoJs'))).toEqual([isOfRhino]);
});

test.each([...harmful, ...idle, ...refusedBefore])('of %s it is said what comes of it', (text, sentence) =>
  expect(told(text)).toEqual([sentence.startsWith('MI-') ? sentence : `MI-ARTIFACT-${sentence}`]),
);

test('an error is what MI refuses, and what loses messages or handles them twice', () => {
  const unlike = (some: Told, wanted: Severity): string[] =>
    some.flatMap(([text]) =>
      parseArtifactFile(text, 'f.xml')
        .diagnostics.filter(({ severity }) => severity !== wanted)
        .map(({ message }) => message),
    );
  expect(unlike([...dropped, ...refused, ...harmful], 'error')).toEqual([]);
  expect(unlike([...neverRun, ...idle, ...refusedBefore, ...refusedScripts], 'warning')).toEqual([]);
});

test.each(refusedTasks)('%s runs no template', (text, sentence) =>
  expect(told(text)).toEqual([`MI-ARTIFACT-INCOMPLETE ${sentence}; Micro Integrator refuses to deploy it.`]),
);

test.each(restless)('%s polls without a pause', (text, sentence) =>
  expect(told(text)).toEqual([
    `MI-POLLING-INTERVAL ${sentence}; Micro Integrator polls without a pause, which takes the processor of its pod.`,
  ]),
);

test.each([...running, ...taken, ...takenSince, ...takenWithMore, ...resting])('MI takes %s', (text) =>
  expect(told(text)).toEqual([]),
);

// Only later versions than 4.3.0 have these.
test.each([
  '<log category=" info " logFullPayload="true" level="x"><message>a</message></log>',
  '<filter xpath="${vars.a}"><then/></filter>',
  '<foreach collection="${vars.a}"><sequence/></foreach>',
])('later versions take %s', (mediators) =>
  expect(told(`<sequence xmlns="http://ws.apache.org/ns/synapse" name="S">${mediators}</sequence>`)).toEqual([]),
);

test('a value that is called as what every object inherits is read like any other', () => {
  for (const text of [
    ...running,
    ...taken,
    ...takenSince,
    ...takenWithMore,
    ...[...refused, ...dropped].map(([one]) => one),
  ])
    for (const { 0: written, index } of text.matchAll(/"[^"]*"|(?<=>)[^<]+(?=<\/)/g)) {
      const changed = `${text.slice(0, index)}${written.replace(/[^"]+/, 'constructor')}${text.slice(index + written.length)}`;
      expect(() => parseArtifactFile(changed, 'f.xml'), changed).not.toThrow();
    }
});
