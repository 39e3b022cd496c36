import { expect, test } from 'vitest';
import { parseArtifactFile } from '../artifact/parse.ts';
import type { ParsedArtifact } from '../artifact/parsed.ts';
import { contentKey, haveSameContent } from './content.ts';

function sequence(content: string, attributes = ''): ParsedArtifact {
  const text = `<sequence xmlns="http://ws.apache.org/ns/synapse" name="a"${attributes}>${content}</sequence>`;
  const [artifact] = parseArtifactFile(text, 'a.xml').artifacts;
  if (artifact === undefined) throw new Error('not an artifact');
  return artifact;
}

const call = '<call><endpoint key="B"/></call>';
const artifacts = {
  empty: sequence(''),
  calls: sequence(call),
  'calls elsewhere in the file': sequence(`\n\n  ${call}`),
  'calls another': sequence('<call><endpoint key="C"/></call>'),
  'calls twice': sequence(call + call),
  caches: sequence(`${call}<cache id="x"/>`),
  'handles errors': sequence(call, ' onError="E"'),
};

test('artifacts have the same content, and the same key of it, when they differ by places only', () => {
  const same = (compare: (one: ParsedArtifact, other: ParsedArtifact) => boolean): string[] =>
    Object.entries(artifacts).flatMap(([one, a]) =>
      Object.entries(artifacts).flatMap(([other, b]) => (one < other && compare(a, b) ? [`${one} = ${other}`] : [])),
    );
  expect(same(haveSameContent)).toEqual(['calls = calls elsewhere in the file']);
  expect(same((a, b) => contentKey(a) === contentKey(b))).toEqual(same(haveSameContent));
});
