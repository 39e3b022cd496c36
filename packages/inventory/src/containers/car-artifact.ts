import { type FlowContents, parseArtifactFile, unreadArtifact } from '../artifact/parse.ts';
import type { ParsedArtifact, RegistryFile } from '../artifact/parsed.ts';
import { hasErrors, type Source } from '../model/diagnostic.ts';
import { readAxis2Service } from './axis2-service.ts';
import { type CarReading, readEntryBytes, readEntryText } from './car-entries.ts';
import { flowContents, mayHoldFlow, readConnector, readLibrary, readPropertyFile } from './contents.ts';
import { type ApplicationDraft, plainArtifact, report, startOf, withArticle } from './draft.ts';
import { readMarkup } from './markup.ts';
import { registryEntries, writtenResources } from './registry.ts';
import { deployedType } from './types.ts';

/** A folder of the archive with its artifact.xml. */
export interface CarFolder {
  /** With a `/` at the end. */
  readonly directory: string;
  readonly name: string;
  readonly version: string;
  readonly type: string;
  readonly serverRole: string | undefined;
  readonly files: readonly string[];
  readonly source: Source;
}

/** Reads what a folder of an archive holds. Without `delivery` the artifact is known, but nothing deploys it. */
export function readFolderArtifact(
  reading: CarReading,
  folder: CarFolder,
  delivery: { readonly application: ApplicationDraft; readonly serverRole: string | undefined } | undefined,
): void {
  const type = deployedType(folder.type);
  const [file] = folder.files;
  const entry = folder.directory + (file ?? '');
  const path = reading.prefix + entry;
  if (type?.content === 'metadata') return;
  if (!checkFolder(reading, folder, entry, delivery !== undefined)) return;
  const parsed = parseFolder(reading, folder, entry, path);
  for (const artifact of parsed) {
    reading.context.findings.artifacts.push({
      parsed: artifact,
      version: folder.version,
      beside: [],
      deliveries:
        delivery === undefined
          ? []
          : [
              {
                application: delivery.application,
                name: folder.name,
                version: folder.version,
                type: folder.type,
                ...(delivery.serverRole !== undefined && { serverRole: delivery.serverRole }),
                file: file ?? '',
                path:
                  type?.content === 'registry' || file === undefined
                    ? reading.prefix + folder.directory.slice(0, -1)
                    : path,
              },
            ],
    });
  }
}

/** Reports what MI does not deploy, or fails on, before it reads the file. False when there is nothing to read. */
function checkFolder(reading: CarReading, folder: CarFolder, entry: string, isListed: boolean): boolean {
  const [file] = folder.files;
  if (folder.type === '') {
    // `SynapseAppDeployer` asks each for its type (seen on MI 4.3.0).
    report(reading.context, folder.source, {
      code: 'MI-CAR-UNKNOWN-TYPE',
      severity: isListed ? 'error' : 'warning',
      message: `${folder.name} has no type; MI ${isListed ? 'drops the whole archive and stays ready' : 'ignores it'}.`,
      hint: 'Write its type in artifact.xml.',
    });
  } else if (deployedType(folder.type) === undefined) {
    report(reading.context, folder.source, {
      code: 'MI-CAR-UNKNOWN-TYPE',
      message: `${folder.name} has the type ${folder.type}, which MI does not deploy; it is skipped silently.`,
      hint: 'Remove it from the archive, or write its type as in the Maven plugin (synapse/message-processors is plural, templates are synapse/template).',
    });
  } else if (file === undefined || !reading.archive.has(entry)) {
    report(reading.context, folder.source, {
      code: 'MI-CAR-NO-FILE',
      message: `${folder.name} names ${file === undefined ? 'no file' : `the file ${file}, which the archive does not hold`}.`,
      hint: 'Build the archive again; MI cannot deploy the artifact.',
    });
    return false;
  } else if (folder.files.length > 1) {
    report(reading.context, folder.source, {
      code: 'MI-CAR-FILES',
      message: `${folder.name} names ${folder.files.length} files; MI deploys only artifacts with one file.`,
      hint: 'Split it into one artifact for each file.',
    });
  }
  return true;
}

/** What an entry is that holds the very bytes of a file that was read; undefined where that is not known. */
function unchangedArtifact({ context, archive }: CarReading, entry: string, path: string): ParsedArtifact | undefined {
  const origin = context.originOf?.(entry);
  if (origin?.artifact === undefined) return undefined;
  try {
    if (!archive.read(entry, context.limits.textBytes).equals(origin.bytes)) return undefined;
  } catch {
    // Whoever reads it next says what is wrong.
    return undefined;
  }
  return unreadArtifact(origin.artifact, startOf(path));
}

function parseFolder(reading: CarReading, folder: CarFolder, entry: string, path: string): readonly ParsedArtifact[] {
  const { context } = reading;
  const type = deployedType(folder.type);
  const unsupported = [plainArtifact(folder.name, folder.source, { kind: 'unsupported', type: folder.type })];
  switch (type?.content) {
    case 'xml': {
      const known = unchangedArtifact(reading, entry, path);
      if (known?.kind === type.kind) return [known];
      const text = readEntryText(reading, entry);
      if (text === undefined) return [];
      const { artifacts, diagnostics, root } = parseArtifactFile(text, path, {
        namesOnly: context.originOf !== undefined,
      });
      context.findings.diagnostics.push(...diagnostics);
      // MI looks for one artifact, and not below the root of a whole configuration.
      if (root === 'definitions' || (artifacts.length === 0 && !hasErrors(diagnostics))) {
        report(context, startOf(path), {
          code: 'MI-CAR-CONTENT',
          message: `${path} is not a valid ${type.kind} (its root element is ${root ?? 'missing'}); MI drops the archive, or deploys the file as something else.`,
          hint: 'Correct the file or the type in artifact.xml.',
        });
      }
      for (const artifact of artifacts.filter((candidate) => candidate.kind !== type.kind)) {
        report(context, artifact.source, {
          code: 'MI-CAR-CONTENT',
          message: `${path} is ${withArticle(artifact.kind)}, but ${folder.name} is delivered as ${folder.type}; MI drops the archive, or deploys the file as something else.`,
          hint: 'Correct the type in artifact.xml.',
        });
      }
      return artifacts;
    }
    case 'connector':
    case 'jar': {
      const bytes = readEntryBytes(reading, entry, context.limits.nestedBytes);
      if (bytes === undefined) return [];
      if (type.content === 'connector') return [readConnector(context, bytes, folder.name, startOf(path))];
      const role = folder.type === 'lib/connector/dependency' ? 'connector-dependency' : 'class-mediator';
      return [readLibrary(context, bytes, { name: folder.name, source: startOf(path), role })];
    }
    case 'properties': {
      const text = readEntryText(reading, entry);
      return text === undefined ? [] : [readPropertyFile(context, text, folder.name, startOf(path))];
    }
    case 'registry':
      return readRegistryFolder(reading, folder, entry);
    case 'axis2':
      return [
        readAxis2Service(context, readEntryBytes(reading, entry, context.limits.nestedBytes), {
          name: folder.name,
          source: folder.source,
          path,
        }),
      ];
    default:
      return unsupported;
  }
}

/** `registry-info.xml` beside `resources/`. */
function readRegistryFolder(reading: CarReading, folder: CarFolder, entry: string): readonly ParsedArtifact[] {
  const { context, archive, prefix } = reading;
  const text = readEntryText(reading, entry);
  if (text === undefined) return [];
  const document = readMarkup(text, prefix + entry);
  if ('problem' in document) {
    context.findings.diagnostics.push(document.problem);
    return [];
  }
  const resources: RegistryFile[] = [];
  const contents: FlowContents[] = [];
  for (const resource of registryEntries(document.root)) {
    const base = `${folder.directory}resources/${resource.file}`;
    const names =
      resource.type === 'item'
        ? [base].filter(archive.has)
        : archive.entries.map(({ name }) => name).filter((name) => name.startsWith(`${base}/`));
    const files = names.filter((name) => !name.endsWith('/') && !name.includes('/.meta/'));
    if (files.length === 0) {
      report(context, resource.element.source, {
        code: 'MI-REGISTRY-NO-FILE',
        message: `${folder.name} writes ${resource.registryPath} from ${resource.file}, which the archive does not contain.`,
        hint: 'Build the archive again.',
      });
    }
    for (const name of files) {
      const registryPath =
        resource.type === 'item' ? resource.registryPath : resource.registryPath + name.slice(base.length + 1);
      resources.push({
        path: prefix + name,
        registryPath,
        ...(resource.type === 'collection' && { inCollection: true as const }),
        ...(resource.mediaType && { mediaType: resource.mediaType }),
        content: archive.contentOf(name),
      });
      if (!mayHoldFlow(name)) continue;
      const content = readEntryText(reading, name);
      if (content !== undefined) contents.push(flowContents(content, prefix + name));
    }
  }
  return [writtenResources(context, folder.name, folder.source, resources, contents)];
}
