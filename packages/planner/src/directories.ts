import { type Artifact, type Source, withoutTrailingSlashes } from '@mi-patterns/inventory';
import { inboundRule } from './verdicts/inbound-endpoint.ts';
import { isExpression, setting } from './verdicts/verdict.ts';

/** One use of a directory by an artifact. */
export interface DirectoryUse {
  /** Without `vfs:`, query, user name and trailing slash, so that two spellings of one directory are equal. */
  readonly uri: string;
  /** A path of the pod, as opposed to a server such as FTP or SMB. */
  readonly local: boolean;
  /** Takes files out of it, as opposed to putting files in. */
  readonly consumes: boolean;
  readonly source: Source;
}

const consumed = ['transport.vfs.FileURI'];
const produced = [
  'transport.vfs.MoveAfterProcess',
  'transport.vfs.MoveAfterFailure',
  'transport.vfs.MoveAfterErrors',
  'transport.vfs.ReplyFileURI',
];

/**
 * Directories that a proxy, file inbound endpoint, endpoint address or connection of the file connector uses, as far as
 * they are literal.
 */
export function directoriesOf(artifact: Artifact): readonly DirectoryUse[] {
  const facts = artifact.facts;
  const uses: DirectoryUse[] = [];
  if (facts.kind === 'proxy-service' || (facts.kind === 'inbound-endpoint' && inboundRule(facts)?.files === true)) {
    for (const [names, consumes] of [
      [consumed, true],
      [produced, false],
    ] as const) {
      for (const name of names) {
        const found = setting(facts.parameters, name);
        if (found.state === 'literal') uses.push(use(found.value, consumes, found.parameter.source));
      }
    }
  }
  for (const effect of artifact.effects) {
    if (effect.type === 'directory' && !effect.dynamic && !isExpression(effect.subject))
      uses.push(use(effect.subject, false, effect.source));
  }
  return uses;
}

function use(text: string, consumes: boolean, source: Source): DirectoryUse {
  const uri = withoutTrailingSlashes(
    text
      .trim()
      .replace(/^vfs:/i, '')
      .replace(/\?.*$/s, '')
      .replace(/^([a-z]+:\/\/)[^/]*@/i, '$1')
      .replace(/^file:\/*(?=[^/])/i, 'file:///'),
  );
  return { uri, local: /^file:/i.test(uri) || uri.startsWith('/'), consumes, source };
}
