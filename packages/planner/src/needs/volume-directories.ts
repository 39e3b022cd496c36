import type { Artifact, Inventory } from '@mi-patterns/inventory';
import type { Workload } from '../model/plan.ts';
import type { EnabledTransports } from '../verdicts/proxy-service.ts';
import { isExpression } from '../verdicts/verdict.ts';
import { directoryUsesOf, podPath } from './directories.ts';

type Directories = Workload['directories'];

/** `both`: it may do either. */
type Way = Directories[number]['way'] | 'both';

interface Use {
  readonly artifact: Artifact['id'];
  /** Missing for one that nobody knows here, which may be any. */
  readonly path?: string;
  readonly way: Way;
}

/**
 * Tells of the artifacts that work in one pod which directories of its disk they take files from or put files into, so
 * that they are of use only on a volume. Not those that the same pod both fills and empties, or may, nor what it puts
 * into folders for temporary files. Java classes may fill any and are not asked.
 *
 * @param enabled listeners of the servers.
 */
export function volumeDirectories(
  { references }: Pick<Inventory, 'references'>,
  enabled: EnabledTransports,
): (active: readonly Artifact[]) => Directories {
  let known: FileConnector | undefined;
  const connector = (): FileConnector => (known ??= fileConnector(references));
  return (active) => {
    const users = active.filter(mayUse);
    const literal = users.flatMap((artifact) => usesOf(artifact, enabled, connector));
    if (literal.length === 0) return [];
    const uses = [...literal, ...users.flatMap((artifact) => unknownUses(artifact, enabled, connector()))];
    return literal.flatMap(({ artifact, path, way }) => {
      if (path === undefined || way === 'both' || (way === 'puts' && temporary.test(path))) return [];
      const answered = uses.some(
        (other) =>
          other.artifact !== artifact && other.way !== way && (other.path === undefined || overlap(other.path, path)),
      );
      return answered ? [] : [{ artifact, path, way }];
    });
  };
}

const temporary = /^\/(?:tmp|var\/tmp|dev\/shm)(?:\/|$)/;

/** False for most artifacts. A connection without a directory has no effect. */
function mayUse({ kind, effects }: Artifact): boolean {
  return kind === 'proxy-service' || kind === 'inbound-endpoint' || kind === 'local-entry' || effects.length > 0;
}

function usesOf(artifact: Artifact, enabled: EnabledTransports, connector: () => FileConnector): readonly Use[] {
  return directoryUsesOf(artifact, enabled).flatMap((use): readonly Use[] => {
    const path = podPath(use);
    if (path === undefined) return [];
    const own = use.consumes ? 'takes' : 'puts';
    return [{ artifact: artifact.id, path, way: artifact.kind === 'local-entry' ? connector().way : own }];
  });
}

/** Uses of directories that only a server knows. */
function unknownUses(artifact: Artifact, enabled: EnabledTransports, { connections }: FileConnector): readonly Use[] {
  const ofParameters = directoryUsesOf(artifact, enabled).filter(({ dynamic }) => dynamic === true);
  const written = artifact.effects.some(
    ({ type, dynamic, subject }) => type === 'directory' && (dynamic || isExpression(subject)),
  );
  return [
    ...ofParameters.map(({ consumes }): Use => ({ artifact: artifact.id, way: consumes ? 'takes' : 'puts' })),
    ...(written ? [{ artifact: artifact.id, way: 'puts' } as const] : []),
    ...(connections.has(artifact.id) && !artifact.effects.some(({ type }) => type === 'directory')
      ? [{ artifact: artifact.id, way: 'both' } as const]
      : []),
  ];
}

/** True for a directory and itself, or one below it: the name of a file may be part of an address. */
function overlap(one: string, other: string): boolean {
  return one === other || one.startsWith(`${other}/`) || other.startsWith(`${one}/`);
}

/** What the flows of an inventory do with the file connector. */
interface FileConnector {
  /** What all operations do: one connection serves many, and their paths may be expressions. */
  readonly way: Way;
  /** Artifacts that are connections of it. One that names no directory may lead to any, or to a file server. */
  readonly connections: ReadonlySet<string>;
}

/** Operations that take something out of a directory or put it in, never both (wso2/docs-mi, file-connector). */
const taking = /^file\.(?:read|listFiles|checkExist|exists|search|delete)$/;
const putting = /^file\.(?:write|append|create|createDirectory)$/;

function fileConnector(references: Inventory['references']): FileConnector {
  const operations = new Set<string>();
  const connections = new Set<string>();
  for (const { via, from } of references) {
    if (via === 'file.init') connections.add(from);
    else if (via.startsWith('file.')) operations.add(via);
  }
  const all = [...operations];
  let way: Way = 'both';
  if (all.length > 0 && all.every((name) => taking.test(name))) way = 'takes';
  else if (all.length > 0 && all.every((name) => putting.test(name))) way = 'puts';
  return { way, connections };
}
