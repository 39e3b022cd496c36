import type { FlowContents } from '../artifact/parse.ts';
import { isNoUri } from '../artifact/values.ts';
import type { ParsedArtifact, RegistryFile } from '../artifact/parsed.ts';
import { compareText, type Source } from '../model/diagnostic.ts';
import { withoutTrailingSlashes, withSlashes } from '../text/slashes.ts';
import { type Context, plainArtifact, report, startOf } from './draft.ts';
import { childrenOf, childText, type Element } from './markup.ts';

/** One `<item>` or `<collection>` of a registry artifact. */
export interface RegistryEntry {
  readonly type: 'item' | 'collection';
  /** File or folder name beside the descriptor. */
  readonly file: string;
  /** Registry path of the resource itself; a collection ends in `/`. */
  readonly registryPath: string;
  readonly mediaType?: string;
  readonly element: Element;
}

/**
 * Entries of a registry-info.xml (`<resources>`) or of one `<artifact>` of an artifact.xml. `<path>` names the
 * collection that holds an item, and the collection itself for a `<collection>` (MI: FileRegistryResourceDeployer.java,
 * RegistryConfig).
 */
export function registryEntries(parent: Element): RegistryEntry[] {
  const items = childrenOf(parent, 'item').map((element): RegistryEntry => {
    const file = withSlashes(childText(element, 'file') ?? '');
    const mediaType = childText(element, 'mediaType');
    return {
      type: 'item',
      file,
      registryPath: joinPath(childText(element, 'path') ?? '', file),
      ...(mediaType && { mediaType }),
      element,
    };
  });
  const collections = childrenOf(parent, 'collection').map((element): RegistryEntry => ({
    type: 'collection',
    file: withSlashes(childText(element, 'directory') ?? ''),
    registryPath: `${withoutTrailingSlashes(childText(element, 'path') ?? '')}/`,
    element,
  }));
  return [...items, ...collections];
}

function joinPath(folder: string, file: string): string {
  return `${withoutTrailingSlashes(folder)}/${file.slice(file.lastIndexOf('/') + 1)}`;
}

/** One artifact from all resources that an artifact.xml or a registry-info.xml names. */
export function registryArtifact(
  name: string,
  source: Source,
  resources: readonly RegistryFile[],
  contents: readonly FlowContents[],
): ParsedArtifact {
  const [first] = resources;
  const artifact = plainArtifact(
    name,
    first !== undefined && resources.length === 1 ? startOf(first.path) : source,
    {
      kind: 'registry-resource',
      ...(first && { registryPath: first.registryPath }),
      ...(first?.mediaType && { mediaType: first.mediaType }),
      ...(resources.length > 1 && {
        registryPaths: resources.map((resource) => resource.registryPath).toSorted(compareText),
      }),
    },
    {
      effects: contents.flatMap((content) => content.effects),
      references: contents.flatMap((content) => content.references),
      settings: contents.flatMap((content) => content.settings ?? []),
    },
  );
  return { ...artifact, resources };
}

/**
 * As {@link registryArtifact}, of an archive or of what is built into one: MI makes a URI of each path before it
 * deploys anything, and drops the archive where that fails (`MicroIntegratorRegistry`; seen on MI 4.3.0).
 */
export function writtenResources(
  context: Context,
  ...of: Parameters<typeof registryArtifact>
): ReturnType<typeof registryArtifact> {
  const artifact = registryArtifact(...of);
  const odd = artifact.resources?.find(({ registryPath }) => isNoUri(registryPath) || /[#?]/.test(registryPath));
  if (odd !== undefined)
    report(context, artifact.source, {
      code: 'MI-ARTIFACT-VALUE',
      message: `The registry resource "${odd.registryPath}" has blanks or signs in its path that no URI has; Micro Integrator drops the whole archive and stays ready.`,
      hint: 'Rename the file or the folder, and what refers to it.',
    });
  return artifact;
}
