import { hasErrors } from '../model/diagnostic.ts';
import { parseArtifactFile } from '../artifact/parse.ts';
import { namedArtifact, type ParsedArtifact } from '../artifact/parsed.ts';
import { mayBeArtifact, readText } from './disk.ts';
import type { Context } from './draft.ts';

export interface XmlFile {
  /** The file as diagnostics show it. */
  readonly path: string;
  readonly artifacts: readonly ParsedArtifact[];
  /** Why there is none although the file is well formed. */
  readonly unusable?: string;
  /** Local name of its root element, where {@link unusable} says that it is none of an artifact's. */
  readonly root?: string;
  /** False for a document that has nothing of MI in it, as far as one can tell when it cannot be read. */
  readonly ours: boolean;
  /** Whether the root of the file is its one artifact, and there is no error in it. */
  readonly isOneArtifact: boolean;
}

/**
 * Artifacts in an XML or .dbs file on disk. What is wrong with the file is reported.
 */
export function readXmlFile(context: Context, file: string): XmlFile {
  const path = context.display(file);
  const text = readText(context, file);
  if (text === undefined) return { path, artifacts: [], ours: mayBeArtifact(file), isOneArtifact: false };
  const read = parseXmlFile(context, text, path);
  if (read.isOneArtifact && read.artifacts[0] !== undefined)
    context.filesRead?.name(file, namedArtifact(read.artifacts[0]));
  return read;
}

/** As {@link readXmlFile}, for a text that was read already. */
export function parseXmlFile(context: Context, text: string, path: string): XmlFile {
  // People comment out what they replace: the build leaves such a file out, and nothing is lost with it.
  const start = afterAsides(text);
  if (start === text.length)
    return {
      path,
      artifacts: [],
      ours: true,
      isOneArtifact: false,
      unusable: text.includes('<!--') ? 'all of it is a comment' : 'it is empty',
    };
  const { artifacts, diagnostics, root } = parseArtifactFile(text, path, { inServer: context.inServer === true });
  context.findings.diagnostics.push(...diagnostics);
  const ours =
    artifacts.length > 0 ||
    path.endsWith('.dbs') ||
    (text.includes('http://ws.apache.org/ns/synapse') && !isPage(text, start));
  const isFaulty = hasErrors(diagnostics);
  const isOneArtifact = artifacts.length === 1 && root !== 'definitions' && !isFaulty;
  if (artifacts.length > 0 || isFaulty) return { path, artifacts, ours, isOneArtifact };
  return root === undefined
    ? { path, artifacts, ours, isOneArtifact, unusable: 'it is empty' }
    : { path, artifacts, ours, isOneArtifact, unusable: `its root element is <${root}>`, root };
}

/** What ends the comment or processing instruction that begins at an offset; undefined when none does. */
function endOfAside(text: string, at: number): string | undefined {
  if (text.startsWith('<!--', at)) return '-->';
  return text.startsWith('<?', at) ? '?>' : undefined;
}

/** Where what is not white space, an XML declaration or a comment begins; undefined where one does not end. */
function afterAsides(text: string): number | undefined {
  for (let at = 0; ;) {
    at += /^[\s\uFEFF]*/.exec(text.slice(at))?.[0].length ?? 0;
    const end = endOfAside(text, at);
    if (end === undefined) return at;
    const found = text.indexOf(end, at + 2);
    if (found === -1) return undefined;
    at = found + end.length;
  }
}

/** True for a page of documentation, which may show artifacts. */
function isPage(text: string, start: number | undefined): boolean {
  return start !== undefined && /^<(?:!DOCTYPE[ \t\r\n]+)?html\b/i.test(text.slice(start, start + 100));
}
