import { resolve } from 'node:path';
import { type Diagnostic, type Inventory, readNamedFile, type Source } from '@mi-patterns/inventory';
import { type Environment, locate, readYaml, type YamlFile } from '@mi-patterns/values';
import { isMap, isScalar, type Pair, visit, type YAMLMap } from 'yaml';
import type { Context } from './context.ts';
import { display } from './load.ts';
import type { LoadedConfiguration } from './loaded-configuration.ts';

type Keys = readonly string[];

/** Where each artifact is, by its id. */
export function placesOf(inventory: Inventory): ReadonlyMap<string, Source> {
  return new Map(inventory.artifacts.map(({ id, source }) => [id, source]));
}

/**
 * Findings about the values that a command puts together lie in a file that nobody has written. They are told where the
 * setting was written: in the environment, in the values that all environments share, or in a values file. What is about the id of
 * an artifact lies where that artifact is.
 */
export function toldWhereWritten(
  diagnostics: readonly Diagnostic[],
  made: { readonly text: string; readonly shown: string; readonly artifacts: ReadonlyMap<string, Source> },
  environment: Environment,
  { loaded, context }: { readonly loaded: LoadedConfiguration | undefined; readonly context: Pick<Context, 'cwd'> },
): readonly Diagnostic[] {
  const isAbout = ({ source, related = [] }: Diagnostic): boolean =>
    [source, ...related].some((place) => place?.path === made.shown);
  // Reading what was just written takes as long as the rest of a command, and mostly nothing is wrong with it.
  if (!diagnostics.some(isAbout)) return diagnostics;
  const read = (text: string, shown: string): YamlFile => readYaml(text, shown, 'MI-VALUES', 'helm');
  const values = read(made.text, made.shown);
  const configuration = loaded === undefined ? undefined : read(loaded.text, loaded.path);
  const inConfiguration: readonly Keys[] = [
    ['environments', environment.name, 'values'],
    ['values'],
    ['environments', environment.name],
    [],
  ];
  const move = (source: Source): Source => {
    const path = source.path === made.shown ? pathAt(values, source.line, source.column) : undefined;
    if (path === undefined) return source;
    const artifact = made.artifacts.get(textAt(values, source.line, source.column) ?? '');
    if (artifact !== undefined) return artifact;
    const written =
      configuration === undefined
        ? []
        : inConfiguration
            .map((base) => ({ base, ...deepest(configuration, [...base, ...path]) }))
            .filter(({ base, depth }) => depth > base.length)
            .map(({ base, source: place, depth }) => ({ source: place, depth: depth - base.length }));
    const files = environment.valuesFiles
      .toReversed()
      .map((name) => resolve(loaded?.folder ?? context.cwd, name))
      .map((file) => deepest(read(readNamedFile(file).toString('utf8'), display(file, context)), path));
    const best = [...written, ...files].reduce<{ readonly source: Source; readonly depth: number } | undefined>(
      (found, one) => (one.depth > (found?.depth ?? 0) ? one : found),
      undefined,
    );
    return (
      best?.source ??
      (configuration === undefined ? source : deepest(configuration, ['environments', environment.name]).source)
    );
  };
  return diagnostics.map((diagnostic) => {
    if (diagnostic.source === undefined || !isAbout(diagnostic)) return diagnostic;
    const source = move(diagnostic.source);
    return {
      ...diagnostic,
      // What is first in the file that was put together is nested in the file where it was written.
      message:
        source.path === made.shown
          ? diagnostic.message
          : diagnostic.message.replace('at the top of the file', 'at the top of the values'),
      source,
      ...(diagnostic.related === undefined ? {} : { related: diagnostic.related.map(move) }),
    };
  });
}

/** Place of the deepest key of a path that stands in the file, and how many of the path's keys that is. */
function deepest(file: YamlFile, path: Keys): { readonly source: Source; readonly depth: number } {
  for (let depth = path.length; depth > 0; depth -= 1) {
    const { source, exact } = locate(file, path.slice(0, depth), 'key');
    if (exact) return { source, depth };
  }
  return { source: { path: file.path, line: 1, column: 1 }, depth: 0 };
}

/** The text that begins at a place; undefined when none does. */
function textAt({ document, lines }: YamlFile, line: number, column: number): string | undefined {
  const offset = (lines.lineStarts[line - 1] ?? 0) + column - 1;
  let found: string | undefined;
  visit(document ?? null, {
    Scalar: (_key, node) => {
      if (node.range?.[0] !== offset) return undefined;
      found = String(node.value);
      return visit.BREAK;
    },
  });
  return found;
}

/** The keys that lead to a place in a file; undefined when there is no key. */
function pathAt({ document, lines }: YamlFile, line: number, column: number): Keys | undefined {
  const offset = (lines.lineStarts[line - 1] ?? 0) + column - 1;
  const path: string[] = [];
  let node: unknown = document?.contents;
  while (isMap(node)) {
    const inside: Pair | undefined = (node as YAMLMap).items.find((pair) => covers(pair, offset));
    if (inside === undefined) break;
    path.push(String(isScalar(inside.key) ? inside.key.value : inside.key));
    node = inside.value;
  }
  return path.length === 0 ? undefined : path;
}

function covers(pair: Pair, offset: number): boolean {
  const start = (isScalar(pair.key) ? pair.key.range?.[0] : undefined) ?? 0;
  const end = (pair.value as { readonly range?: [number, number, number] } | null)?.range?.[1] ?? start;
  return start <= offset && offset <= Math.max(start, end);
}
