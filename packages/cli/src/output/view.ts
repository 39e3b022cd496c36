import { resolve } from 'node:path';
import { readRegularFile, type Source } from '@mi-patterns/inventory';
import type { Context, GlobalOptions } from '../context/context.ts';
import { createLinks, type Links, noLinks } from './links.ts';
import { createStyle, type Style } from './style.ts';

/** How findings are shown: to whom, how wide, and where the lines of a file come from. */
export interface View {
  readonly style: Style;
  readonly columns: number | undefined;
  /** Every finding, notes included, instead of the first of each code. */
  readonly verbose: boolean;
  readonly links: Links;
  /** Text of the file of a finding; undefined where it cannot be shown. */
  readonly textOf: (source: Source) => string | undefined;
}

/** Larger files are not read again just to show three lines. */
const mostBytes = 4 * 1024 * 1024;

/** The view of stdout. */
export function createView(context: Context, options: Pick<GlobalOptions, 'verbose'>): View {
  return {
    style: createStyle(context.colour),
    columns: context.columns,
    verbose: options.verbose,
    links: context.links === true ? createLinks(context.cwd) : noLinks,
    textOf: fileReader(context.cwd),
  };
}

/** The view of stderr. */
export function createErrorView(context: Context, options: Pick<GlobalOptions, 'verbose'>): View {
  return createView(onStderr(context), options);
}

/** The context for what goes to stderr, which may be coloured where stdout is not, and the other way round. */
export function onStderr(context: Context): Context {
  return { ...context, colour: context.errorColour ?? (context.colour && context.interactive) };
}

/**
 * Reads each file once while findings of it follow each other; entries of archives and files that are not text have
 * none.
 */
function fileReader(cwd: string): View['textOf'] {
  let last: { readonly path: string; readonly text: string | undefined } | undefined;
  return ({ path }) => {
    if (last?.path !== path) last = { path, text: readIfText(resolve(cwd, path)) };
    return last.text;
  };
}

function readIfText(file: string): string | undefined {
  try {
    const text = readRegularFile(file, mostBytes)
      .toString('utf8')
      .replace(/^\uFEFF/, '');
    return text.includes('\uFFFD') || text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}
