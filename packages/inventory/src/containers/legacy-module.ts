import { join, relative, sep } from 'node:path';
import type { ParsedArtifact } from '../artifact/parsed.ts';
import type { ApplicationMetadata } from '../model/inventory.ts';
import { readXmlFile, type XmlFile } from './artifact-file.ts';
import { readAxis2Service } from './axis2-service.ts';
import { classNamesOfSources, readConnector, readLibrary, readPropertyFile } from './contents.ts';
import { filesBelow, isFile, readText } from './disk.ts';
import {
  type ArtifactDraft,
  type Context,
  inSentence,
  plainArtifact,
  readIdle,
  report,
  startOf,
  withArticle,
} from './draft.ts';
import type { LegacyModule } from './legacy-parts.ts';
import { childrenOf, type Element } from './markup.ts';
import { artifactElements, readRegistryElement } from './project-registry.ts';
import { deployedType } from './types.ts';
import { withSlashes } from '../text/slashes.ts';

/** An artifact of a module, and what its artifact.xml says of it. */
export interface LegacyArtifact {
  readonly draft: ArtifactDraft;
  /** Folder of its module, as shown. */
  readonly module: string;
  /** Undefined for a file that no artifact.xml lists: the module's build does not know it. */
  readonly declared:
    | {
        readonly name: string;
        readonly groupId: string;
        readonly version: string;
        readonly serverRole: string | undefined;
      }
    | undefined;
  /** Part of the inventory only when an exporter selects it. */
  readonly optional?: boolean;
}

/** Metadata of an API or proxy service that a module's artifact.xml lists (type `synapse/metadata`). */
export interface LegacyMetadata extends ApplicationMetadata {
  readonly groupId: string;
}

/** All that one module holds. */
export interface LegacyContent {
  readonly artifacts: readonly LegacyArtifact[];
  readonly metadata: readonly LegacyMetadata[];
  /** What its artifact.xml lists, read or not. */
  readonly listed: readonly LegacyEntry[];
}

/** An entry of an artifact.xml. */
export interface LegacyEntry {
  readonly groupId: string;
  readonly name: string;
  /** As shown, of metadata whose file does not exist; of everything else the reader tells why it is not read. */
  readonly missing: string | undefined;
}

/** Types of Developer Studio whose module builds them as `synapse/template`. */
const templateTypes = new Set(['synapse/sequenceTemplate', 'synapse/endpointTemplate']);

/** Folders with artifacts that artifact.xml should list. */
const artifactFolders = [
  join('src', 'main', 'synapse-config'),
  'dataservice',
  join('src', 'main', 'dataservice'),
  'datasource',
];

/**
 * Reads all artifacts of one module: those of its artifact.xml, files beside them that it does not list, and Java
 * sources.
 *
 * @param bundles whether Java of packaging `bundle` is a mediator even without Developer Studio's nature: an exporter
 *   is near.
 */
export function readModule(context: Context, module: LegacyModule, bundles: boolean): LegacyContent {
  const { folder } = module;
  const descriptor = join(folder, 'artifact.xml');
  const listed = new Set<string>();
  const result: LegacyArtifact[] = [];
  const elements = isFile(descriptor) ? withoutRepeats(artifactElements(context, descriptor)) : [];
  for (const element of elements) result.push(...readDeclared(context, module, element, listed));
  const metadata = elements.flatMap((element) => readMetadata(context, module, element));
  const entries = elements.map((element) => entryOf(context, module, element));
  for (const file of artifactFolders.flatMap((inner) => filesBelow(context, join(folder, inner)))) {
    if (!listed.has(file) && /\.(xml|dbs)$/i.test(file))
      result.push(...readUnlisted(context, module, file, isFile(descriptor)));
  }
  const [only] = result;
  if (!isFile(descriptor) && module.pom?.packaging === 'service/dataservice' && result.length === 1 && only) {
    // Developer Studio once made a project of each data service: its pom names it.
    const { artifactId, groupId, version } = module.pom;
    result[0] = { ...only, declared: { name: artifactId, groupId, version, serverRole: undefined } };
  } else if (!isFile(descriptor) && result.length > 0) {
    const path = context.display(folder);
    report(context, startOf(path), {
      code: 'MI-LEGACY-NO-DESCRIPTOR',
      message: `${inSentence(path)} has artifacts but no artifact.xml: its build packs none of them.`,
      hint: 'Restore artifact.xml; Integration Studio writes it when an artifact is saved.',
    });
  }
  const java = sources(context, module, bundles);
  if (
    java !== undefined &&
    !result.some(({ draft, declared }) => draft.parsed.kind === 'library' && declared?.name === java.declared?.name)
  )
    result.push(java);
  return { artifacts: result, metadata, listed: entries };
}

function entryOf(context: Context, module: LegacyModule, element: Element): LegacyEntry {
  const file = metadataFile(module, element);
  return {
    groupId: element.attributes.get('groupId') ?? '',
    name: element.attributes.get('name') ?? '',
    missing: file === undefined || isFile(file) ? undefined : context.display(file),
  };
}

/** Integration Studio sometimes lists a file twice, and Maven then builds the same artifact again. */
function withoutRepeats(elements: readonly Element[]): readonly Element[] {
  const key = (element: Element): string =>
    JSON.stringify([element.attributes.all(), childrenOf(element, 'file').map(({ text }) => text)]);
  const seen = new Set<string>();
  return elements.filter((element) => {
    if (childrenOf(element, 'file').length === 0) return true;
    const size = seen.size;
    return seen.add(key(element)).size > size;
  });
}

/** The metadata file that an entry names, whether it exists or not. */
function metadataFile(module: LegacyModule, element: Element): string | undefined {
  const [file] = childrenOf(element, 'file').map((entry) => join(module.folder, withSlashes(entry.text)));
  return deployedType(element.attributes.get('type') ?? '')?.content === 'metadata' ? file : undefined;
}

/** A metadata file that artifact.xml names; one whose file is missing is left out, as MI runs without it. */
function readMetadata(context: Context, module: LegacyModule, element: Element): LegacyMetadata[] {
  const file = metadataFile(module, element);
  if (file === undefined || !isFile(file)) return [];
  return [
    {
      name: element.attributes.get('name') ?? '',
      groupId: element.attributes.get('groupId') ?? '',
      version: element.attributes.get('version') ?? module.pom?.version ?? '',
      serverRole: element.attributes.get('serverRole') ?? 'EnterpriseIntegrator',
      path: context.display(file),
    },
  ];
}

function readDeclared(context: Context, module: LegacyModule, element: Element, listed: Set<string>): LegacyArtifact[] {
  const { folder } = module;
  const type = element.attributes.get('type') ?? '';
  const name = element.attributes.get('name') ?? '';
  const version = element.attributes.get('version') ?? module.pom?.version ?? '';
  const declared = {
    name,
    groupId: element.attributes.get('groupId') ?? '',
    version,
    serverRole: element.attributes.get('serverRole'),
  };
  const wrap = (artifacts: readonly ParsedArtifact[]): LegacyArtifact[] =>
    artifacts.map((parsed) => ({
      draft: { parsed, version, deliveries: [], beside: [] },
      module: context.display(folder),
      declared,
    }));
  const rule = deployedType(templateTypes.has(type) ? 'synapse/template' : type);
  if (rule?.content === 'metadata') return [];
  if (rule?.content === 'registry') {
    const { parsed, files } = readRegistryElement(context, element, (entry) => [join(folder, entry.file)]);
    for (const file of files) listed.add(file);
    return wrap([parsed]);
  }
  if (rule === undefined) {
    report(context, element.source, {
      code: 'MI-LEGACY-UNSUPPORTED',
      message: `${name} has the type ${type || '(none)'}, which MI does not deploy.`,
      hint: 'Remove it from the exporter; it belongs to another product.',
    });
    return wrap([plainArtifact(name, element.source, { kind: 'unsupported', type })]);
  }
  const files = childrenOf(element, 'file').map((entry) => join(folder, withSlashes(entry.text)));
  const [file] = files;
  if (file !== undefined && isFile(file)) {
    for (const each of files) listed.add(each);
    return wrap(readDeclaredFile(context, file, name, rule));
  }
  // The JAR of a mediator module comes from its Java sources, which are read by themselves.
  if (rule.content === 'jar') return wrap([{ ...javaLibrary(context, folder, name), source: element.source }]);
  report(context, element.source, {
    code: 'MI-LEGACY-NO-FILE',
    message: `${name} names ${file === undefined ? 'no file' : `${context.display(file)}, which does not exist`}; the build fails.`,
    hint: 'Restore the file, or remove the entry.',
  });
  return [];
}

/** The artifacts in the file that an artifact.xml lists, by what its type says the file is. */
function readDeclaredFile(
  context: Context,
  file: string,
  name: string,
  rule: NonNullable<ReturnType<typeof deployedType>>,
): readonly ParsedArtifact[] {
  const source = startOf(context.display(file));
  switch (rule.content) {
    case 'connector':
      return [readConnector(context, file, name, source)];
    case 'jar':
      return [readLibrary(context, file, { name, source, role: 'class-mediator' })];
    case 'properties':
      return [readPropertyFile(context, readText(context, file) ?? '', name, source)];
    case 'axis2':
      return [readAxis2Service(context, file, { name, source, path: source.path })];
    default: {
      const { artifacts, unusable } = readXmlFile(context, file);
      const wrong = artifacts.find((artifact) => artifact.kind !== rule.kind);
      if (unusable !== undefined || wrong !== undefined) {
        report(context, wrong?.source ?? source, {
          code: 'MI-LEGACY-CONTENT',
          message: `${source.path} is not a valid ${rule.kind}: ${unusable ?? `it is ${withArticle(wrong?.kind ?? rule.kind)}`}.`,
          hint: 'Correct the file, or the type in artifact.xml.',
        });
      }
      return artifacts;
    }
  }
}

function readUnlisted(context: Context, module: LegacyModule, file: string, hasDescriptor: boolean): LegacyArtifact[] {
  const read = (): XmlFile => readXmlFile(context, file);
  const { artifacts } = hasDescriptor ? readIdle(context, read) : read();
  return artifacts.map((parsed) => {
    if (hasDescriptor) {
      report(context, parsed.source, {
        code: 'MI-LEGACY-UNLISTED',
        message: `${parsed.kind} ${parsed.name} is not listed in its module's artifact.xml: no exporter can deliver it.`,
        hint: 'List it in artifact.xml and select it in the exporter, or remove the file.',
      });
    }
    return {
      draft: { parsed, version: parsed.version ?? '', deliveries: [], beside: [] },
      module: context.display(module.folder),
      declared: undefined,
    };
  });
}

/** Java sources of a module, as the JAR that an exporter names by the module's coordinates. */
function sources(context: Context, module: LegacyModule, bundles: boolean): LegacyArtifact | undefined {
  const { folder, pom } = module;
  if (pom === undefined) return undefined;
  const parsed = javaLibrary(context, folder, pom.artifactId);
  if (parsed.facts.kind !== 'library' || parsed.facts.classes.length === 0) return undefined;
  const nature = isFile(join(folder, '.project')) ? (readText(context, join(folder, '.project')) ?? '') : '';
  return {
    draft: { parsed, version: pom.version, deliveries: [], beside: [] },
    module: context.display(folder),
    declared: { name: pom.artifactId, groupId: pom.groupId, version: pom.version, serverRole: undefined },
    optional: !(bundles && pom.packaging === 'bundle') && !nature.includes('artifact.mediator.project.nature'),
  };
}

function javaLibrary(context: Context, folder: string, name: string): ParsedArtifact {
  const root = join(folder, 'src', 'main', 'java');
  const classes = classNamesOfSources(
    filesBelow(context, root).map((file) => relative(root, file).split(sep).join('/')),
  );
  return plainArtifact(name, startOf(context.display(root)), { kind: 'library', role: 'class-mediator', classes });
}
