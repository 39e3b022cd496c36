import { type Artifact, type ArtifactFacts, type Source, withoutTrailingSlashes } from '@mi-patterns/inventory';
import { inboundRule } from '../verdicts/inbound-endpoint.ts';
import { type EnabledTransports, namesTransports } from '../verdicts/proxy-service.ts';
import { proxyTransports } from '../verdicts/proxy-transports.ts';
import { isExpression, type Setting, setting } from '../verdicts/verdict.ts';

/** One use of a directory by an artifact. */
export interface DirectoryUse {
  /** Without `vfs:`, query, user name and trailing slash, so that two spellings of one directory are equal. */
  readonly uri: string;
  /** A path of the pod, as opposed to a server such as FTP or SMB. */
  readonly local: boolean;
  /** Takes files out of it, as opposed to putting files in. */
  readonly consumes: boolean;
  /** Of a consumer: the pattern that the whole names of its files match; missing where it takes any. */
  readonly pattern?: string;
  /** True for an expression, which is one directory wherever it is written. */
  readonly dynamic?: true;
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

/** The directories of {@link directoryUsesOf} whose names are known. */
export function directoriesOf(artifact: Artifact): readonly DirectoryUse[] {
  return directoryUsesOf(artifact).filter(({ dynamic }) => dynamic === undefined);
}

/**
 * Directories that a proxy, file inbound endpoint, endpoint address or connection of the file connector uses; of the
 * last two as far as they are literal.
 */
export function directoryUsesOf(artifact: Artifact, enabled?: EnabledTransports): readonly DirectoryUse[] {
  const facts = artifact.facts;
  const uses: DirectoryUse[] = [];
  if ((facts.kind === 'proxy-service' || facts.kind === 'inbound-endpoint') && mayTakeFiles(facts, enabled)) {
    for (const [names, consumes] of [
      [consumed, true],
      [produced, false],
    ] as const) {
      for (const name of names) {
        const found = setting(facts.parameters, name);
        if (found.state === 'absent') continue;
        const pattern = consumes ? setting(facts.parameters, 'transport.vfs.FileNamePattern') : undefined;
        uses.push({
          ...use(textOf(found), { consumes, source: found.parameter.source }),
          ...(found.state === 'dynamic' ? { dynamic: true } : {}),
          ...(pattern === undefined || pattern.state === 'absent' ? {} : { pattern: textOf(pattern) }),
        });
      }
    }
  }
  for (const effect of artifact.effects) {
    if (effect.type === 'directory' && !effect.dynamic && !isExpression(effect.subject))
      uses.push(use(effect.subject, { consumes: false, source: effect.source }));
  }
  return uses;
}

/**
 * The directory that a consumer moves each file into which it has handled; undefined for one that is not known, or has
 * another name each day.
 */
export function movesInto({ facts }: Artifact): DirectoryUse | undefined {
  if (facts.kind !== 'proxy-service' && facts.kind !== 'inbound-endpoint') return undefined;
  const [action, to] = ['ActionAfterProcess', 'MoveAfterProcess'].map((name) =>
    setting(facts.parameters, `transport.vfs.${name}`),
  );
  if (action?.state !== 'literal' || action.value !== 'MOVE' || to?.state !== 'literal') return undefined;
  if (setting(facts.parameters, 'transport.vfs.SubFolderTimestampFormat').state !== 'absent') return undefined;
  return directoryOf(to.value, to.parameter.source);
}

/**
 * How a consumer comes to find a file again that it has handled: it moves it into the directory that it takes files
 * from, or leaves it there. Only services leave a file (PollTableEntry.java:549-565 of wso2/wso2-synapse); an inbound
 * endpoint deletes it then (FilePollingConsumer.java:821-900). Seen on MI 4.3.0: it handles the file at each poll. Not
 * tried with file servers, nor judged where a time stamp or a date changes the name or the directory.
 */
export function findsAgain(
  artifact: Artifact,
  enabled: EnabledTransports,
): { readonly how: 'moved' | 'left'; readonly source: Source } | undefined {
  const { facts } = artifact;
  if (facts.kind !== 'proxy-service' && facts.kind !== 'inbound-endpoint') return undefined;
  const [from, action, to] = ['FileURI', 'ActionAfterProcess', 'MoveAfterProcess'].map((name) =>
    setting(facts.parameters, `transport.vfs.${name}`),
  );
  if (from?.state !== 'literal' || action?.state !== 'literal' || !mayTakeFiles(facts, enabled)) return undefined;
  if (action.value === 'NONE' && facts.kind === 'proxy-service')
    return { how: 'left', source: action.parameter.source };
  if (action.value !== 'MOVE' || to?.state !== 'literal') return undefined;
  const changes = ['MoveTimestampFormat', 'SubFolderTimestampFormat'];
  if (changes.some((name) => setting(facts.parameters, `transport.vfs.${name}`).state !== 'absent')) return undefined;
  const own = use(from.value, { consumes: true, source: from.parameter.source });
  const other = use(to.value, { consumes: false, source: to.parameter.source });
  return own.local && directoryKey(own.uri) === directoryKey(other.uri)
    ? { how: 'moved', source: to.parameter.source }
    : undefined;
}

/** A file that is to be moved once it was handled, or failed, and is deleted; `why` is the end of a sentence. */
export interface Deletion {
  readonly after: 'Process' | 'Failure';
  readonly why: string;
  readonly hint: string;
  readonly source: Source;
}

/**
 * Files that a consumer deletes though its parameters speak of a move: any action but MOVE and NONE, in this spelling,
 * means DELETE, NONE as well for an inbound endpoint, and so does MOVE without a directory
 * (FilePollingConsumer.java:327-348 of wso2/product-integrator-mi, seen on MI 4.3.0 and the same in 4.6.0;
 * PollTableEntry.java:549-600 and VFSTransportListener.java:667-750 of wso2/wso2-synapse).
 */
export function deletions(artifact: Artifact, enabled: EnabledTransports): readonly Deletion[] {
  const { facts } = artifact;
  if (facts.kind !== 'proxy-service' && facts.kind !== 'inbound-endpoint') return [];
  const { parameters } = facts;
  if (setting(parameters, 'transport.vfs.FileURI').state === 'absent' || !mayTakeFiles(facts, enabled)) return [];
  return (['Process', 'Failure'] as const).flatMap((after): readonly Deletion[] => {
    const names = [`transport.vfs.ActionAfter${after}`, `transport.vfs.MoveAfter${after}`] as const;
    const [action, to] = [setting(parameters, names[0]), setting(parameters, names[1])];
    if (action.state === 'absent')
      return to.state === 'absent'
        ? []
        : [
            {
              after,
              why: `${names[1]} and no ${names[0]}`,
              hint: `Set ${names[0]} to MOVE.`,
              source: to.parameter.source,
            },
          ];
    if (action.state === 'dynamic') return [];
    const { source } = action.parameter;
    if (action.value === 'MOVE')
      return to.state === 'absent'
        ? [{ after, why: `${names[0]} MOVE and no ${names[1]}`, hint: `Name a directory in ${names[1]}.`, source }]
        : [];
    return action.value === 'DELETE' || (action.value === 'NONE' && facts.kind === 'proxy-service')
      ? []
      : [{ after, why: `the ${names[0]} "${action.value.slice(0, 40)}"`, hint: 'Write MOVE or DELETE.', source }];
  });
}

function textOf(found: Exclude<Setting, { state: 'absent' }>): string {
  return found.state === 'literal' ? found.value : found.text;
}

/** What the names of all files start and end with that match a pattern such as `orders_.*\\.csv`. */
function affixesOf(pattern: string): { readonly start: string; readonly end: string } {
  // A pattern of several, or one that is about more than characters, may match anything.
  if (/[|]|\(\?/.test(pattern) || isExpression(pattern)) return { start: '', end: '' };
  let start = '';
  for (let at = 0; at < pattern.length; at++) {
    const isDot = pattern.startsWith('\\.', at);
    const sign = isDot ? '.' : pattern.charAt(at);
    if (!isDot && !/[\w-]/.test(sign)) break;
    if (isDot) at += 1;
    if (/[*+?{]/.test(pattern.charAt(at + 1))) break;
    start += sign;
  }
  let end = '';
  for (let at = pattern.length - 1; at >= 0; at--) {
    const sign = pattern.charAt(at);
    const isEscaped = pattern.charAt(at - 1) === '\\';
    if (!(isEscaped ? sign === '.' : /[\w-]/.test(sign))) break;
    end = sign + end;
    if (isEscaped) at -= 1;
  }
  return { start, end };
}

/** True when no file may be taken by two of the consumers, since the names that they take start or end differently. */
export function takeDifferentFiles(consumers: readonly DirectoryUse[]): boolean {
  const affixes = consumers.map(({ pattern = '' }) => affixesOf(pattern));
  return (
    areApart(affixes.map(({ start }) => start)) || areApart(affixes.map(({ end }) => [...end].toReversed().join('')))
  );
}

/** True when none of the texts starts another. */
function areApart(texts: readonly string[]): boolean {
  const sorted = texts.toSorted();
  return sorted.every((text, index) => !sorted[index + 1]?.startsWith(text));
}

/** True for a consumer that takes each file which is put into its directory. */
export function takesAll({ pattern = '.*' }: DirectoryUse): boolean {
  return pattern === '.*' || pattern === '.+';
}

/** A pattern that is clear without a server and without an engine for it: `orders_.*\\.csv`. */
const clear = /^(?:[\w-]|\\\.|\.[*+]?)*$/;

/** True when the consumers have several patterns, and nobody can tell whether two of them match one file. */
export function mayTakeDifferentFiles(consumers: readonly DirectoryUse[]): boolean {
  const patterns = new Set(consumers.flatMap(({ pattern }) => pattern ?? []));
  return patterns.size > 1 && ![...patterns].every((pattern) => clear.test(pattern));
}

/** The directory at the end of an address that something is put into. */
export function directoryOf(text: string, source: Source): DirectoryUse {
  return use(text, { consumes: false, source });
}

function use(text: string, { consumes, source }: Pick<DirectoryUse, 'consumes' | 'source'>): DirectoryUse {
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

/** The absolute path of a directory of a pod, as far as it is known: without expressions, `..` and escapes. */
export function podPath({ uri, local, dynamic }: DirectoryUse): string | undefined {
  const path = directoryKey(uri).replaceAll(/\/{2,}/g, '/');
  const isKnown = local && dynamic !== true && /^\/[^%${}]+$/.test(path) && !/\/\.{0,2}(?:\/|$)/.test(path);
  return isKnown ? path : undefined;
}

/** Equal for the two ways to write a directory of a pod: VFS takes an absolute path too (commons-vfs, resolveFile). */
export function directoryKey(uri: string): string {
  return uri.replace(/^file:\/+/i, '/');
}
