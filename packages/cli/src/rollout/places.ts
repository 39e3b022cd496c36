import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Diagnostic, Source } from '@mi-patterns/inventory';
import type { Environment } from '@mi-patterns/values';
import { isMap, isScalar, LineCounter, type Pair, parseDocument, type YAMLMap } from 'yaml';
import type { Context } from '../context.ts';
import { display, type LoadedConfiguration } from '../load.ts';

type Keys = readonly string[];

/** A YAML file whose keys can be found by their path, and paths by their place. */
interface Placed {
  readonly shown: string;
  readonly pathAt: (line: number, column: number) => Keys | undefined;
  /** Place of the deepest key of a path that stands in the file, and how many of the path's keys that is. */
  readonly locate: (path: Keys) => { readonly source: Source; readonly depth: number };
}

/**
 * Findings about the values that a rollout puts together lie in a file that nobody has written. They are told where the
 * setting was written: in the environment, in the values that all environments share, or in a values file.
 */
export function toldWhereWritten(diagnostics: readonly Diagnostic[], made: { readonly text: string; readonly shown: string }, environment: Environment, loaded: LoadedConfiguration | undefined, context: Context): readonly Diagnostic[] {
  const values = placed(made.text, made.shown);
  const configuration = loaded === undefined ? undefined : placed(readFileSync(loaded.path, 'utf8'), display(loaded.path, context));
  const inConfiguration: readonly Keys[] = [['environments', environment.name, 'values'], ['values'], ['environments', environment.name], []];
  const move = (source: Source): Source => {
    const path = source.path === made.shown ? values.pathAt(source.line, source.column) : undefined;
    if (path === undefined) return source;
    const written = configuration === undefined ? [] : inConfiguration.map((base) => ({ base, ...configuration.locate([...base, ...path]) })).filter(({ base, depth }) => depth > base.length).map(({ base, source: place, depth }) => ({ source: place, depth: depth - base.length }));
    const files = environment.valuesFiles.toReversed().map((file) => placed(readFileSync(resolve(loaded?.folder ?? context.cwd, file), 'utf8'), file).locate(path));
    const best = [...written, ...files].reduce<{ readonly source: Source; readonly depth: number } | undefined>((found, one) => (one.depth > (found?.depth ?? 0) ? one : found), undefined);
    return best?.source ?? configuration?.locate(['environments', environment.name]).source ?? source;
  };
  return diagnostics.map((diagnostic) => (diagnostic.source === undefined ? diagnostic : { ...diagnostic, source: move(diagnostic.source), ...(diagnostic.related === undefined ? {} : { related: diagnostic.related.map(move) }) }));
}

function placed(text: string, shown: string): Placed {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const placeOf = (pair: Pair): { line: number; column: number } => {
    const { line, col } = lines.linePos((isScalar(pair.key) ? pair.key.range?.[0] : undefined) ?? 0);
    return { line, column: col };
  };
  const rangeOf = (pair: Pair): [number, number] => {
    const start = (isScalar(pair.key) ? pair.key.range?.[0] : undefined) ?? 0;
    const end = (pair.value as { readonly range?: [number, number, number] } | null)?.range?.[1] ?? start;
    return [start, Math.max(start, end)];
  };
  const pathAt = (line: number, column: number): Keys | undefined => {
    const offset = (lines.lineStarts[line - 1] ?? 0) + column - 1;
    const path: string[] = [];
    let node: unknown = document.contents;
    while (isMap(node)) {
      const inside = (node as YAMLMap).items.find((pair) => rangeOf(pair)[0] <= offset && offset <= rangeOf(pair)[1]);
      if (inside === undefined) break;
      path.push(String(isScalar(inside.key) ? inside.key.value : inside.key));
      node = inside.value;
    }
    return path.length === 0 ? undefined : path;
  };
  return {
    shown,
    pathAt,
    locate: (path) => {
      let node: unknown = document.contents;
      let place = { line: 1, column: 1 };
      let depth = 0;
      for (const key of path) {
        const pair: Pair | undefined = isMap(node) ? (node as YAMLMap).items.find((item) => String(isScalar(item.key) ? item.key.value : item.key) === key) : undefined;
        if (pair === undefined) break;
        place = placeOf(pair);
        node = pair.value;
        depth += 1;
      }
      return { source: { path: shown, ...place }, depth };
    },
  };
}
