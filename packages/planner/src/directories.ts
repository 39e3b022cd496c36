import { type Artifact, type ArtifactFacts, type Source, withoutTrailingSlashes } from '@mi-patterns/inventory';
import { inboundRule } from './verdicts/inbound-endpoint.ts';
import { type EnabledTransports, namesTransports } from './verdicts/proxy-service.ts';
import { proxyTransports } from './verdicts/proxy-transports.ts';
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
 * False for what never polls the directory of its parameters: a service on transports that are known and are not `vfs`,
 * or on all that run where none of them is. A listener of the user's own may have any name.
 *
 * @param enabled listeners of the servers, where they are known.
 */
export function mayTakeFiles(
  facts: Extract<ArtifactFacts, { kind: 'proxy-service' | 'inbound-endpoint' }>,
  enabled?: EnabledTransports,
): boolean {
  if (facts.kind === 'inbound-endpoint') return inboundRule(facts)?.files === true;
  const { transports } = facts;
  if (transports === undefined || !namesTransports(transports))
    return enabled === undefined || [...enabled.values()].some(({ type }) => type === undefined || type === 'vfs');
  return transports.some((name) => name.trim() === 'vfs' || !proxyTransports.has(name.trim()));
}

/**
 * Directories that a proxy, file inbound endpoint, endpoint address or connection of the file connector uses, as far as
 * they are literal.
 */
export function directoriesOf(artifact: Artifact, enabled?: EnabledTransports): readonly DirectoryUse[] {
  const facts = artifact.facts;
  const uses: DirectoryUse[] = [];
  if ((facts.kind === 'proxy-service' || facts.kind === 'inbound-endpoint') && mayTakeFiles(facts, enabled)) {
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
