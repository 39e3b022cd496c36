import { type FlowContents, parseFlow } from '../artifact/parse.ts';
import type { ParsedArtifact } from '../artifact/parsed.ts';
import { compareText, type Source } from '../model/diagnostic.ts';
import { isSecretName } from '../text/credentials.ts';
import type { ArtifactFacts, SettingRead } from '../model/inventory.ts';
import { decodeText } from './disk.ts';
import { type Context, plainArtifact, report } from './draft.ts';
import { foldersInWords, foldersWithoutEntry } from './folder-entries.ts';
import { malformedEscape, readPropertyNames } from './java-properties.ts';
import { child, readMarkup } from './markup.ts';
import { type Archive, openZip } from './zip.ts';

/** Class names in a JAR, sorted, by its central directory alone. Empty, and a diagnostic, when it is no JAR. */
function classesOfJar(context: Context, input: string | Buffer, source: Source): string[] {
  return openEntries(context, input, source, (archive) => classNames(archive.entries.map((entry) => entry.name)));
}

/** `org/acme/A.class` → `org.acme.A`; inner classes and module descriptors are left out. */
function classNames(files: readonly string[]): string[] {
  return files
    .filter(
      (name) =>
        name.endsWith('.class') &&
        !name.includes('$') &&
        !name.startsWith('META-INF/') &&
        !name.endsWith('-info.class'),
    )
    .map((name) => name.slice(0, -'.class'.length).replaceAll('/', '.'))
    .toSorted(compareText);
}

/** `org/acme/A.java` → `org.acme.A`, sorted. */
export function classNamesOfSources(files: readonly string[]): string[] {
  return files
    .filter((name) => name.endsWith('.java') && !name.endsWith('-info.java'))
    .map((name) => name.slice(0, -'.java'.length).replaceAll('/', '.'))
    .toSorted(compareText);
}

/** A connector from its ZIP: `connector.xml` names its package and component (`<component name package>`). */
export function readConnector(context: Context, input: string | Buffer, name: string, source: Source): ParsedArtifact {
  const connectorName = openEntries(context, input, source, (archive) => {
    if (!archive.entries.some((entry) => entry.name === 'connector.xml')) {
      report(context, source, {
        code: 'MI-CONNECTOR-NO-DESCRIPTOR',
        message: `${source.path} has no connector.xml.`,
        hint: 'MI cannot load it as a connector; download it again.',
      });
      return undefined;
    }
    const missing = foldersWithoutEntry(archive, (entry) => !entry.startsWith('META-INF/'));
    if (missing.length > 0)
      report(context, source, {
        code: 'MI-CONNECTOR-NO-DIRECTORY',
        message: `${source.path} has no entry for ${foldersInWords(missing)} before the files in it; MI cannot unpack it, and what uses the connector fails.`,
        hint: 'Pack it with entries for folders, as the Maven build of a connector or `zip -r` does (not with `zip -D`).',
      });
    const path = `${source.path}!/connector.xml`;
    const text = decodeText(context, archive.read('connector.xml', context.limits.textBytes), path);
    if (text === undefined) return undefined;
    const document = readMarkup(text, path);
    if ('problem' in document) {
      context.findings.diagnostics.push(document.problem);
      return undefined;
    }
    const component = child(document.root, 'component') ?? document.root;
    const parts = [component.attributes.get('package'), component.attributes.get('name')];
    return parts.filter((part) => part).join('.') || undefined;
  });
  return plainArtifact(name, source, {
    kind: 'connector',
    ...(typeof connectorName === 'string' && { connectorName }),
  });
}

type LibraryRole = Extract<ArtifactFacts, { kind: 'library' }>['role'];

/** A JAR with the classes in it. */
export function readLibrary(
  context: Context,
  input: string | Buffer,
  { name, source, role }: { readonly name: string; readonly source: Source; readonly role: LibraryRole },
): ParsedArtifact {
  return plainArtifact(name, source, { kind: 'library', role, classes: classesOfJar(context, input, source) });
}

/**
 * Names of the configurables in a config.properties: each line reads `name:string` or `name:cert`
 * (MI: initializer/deployment/config/deployer/ConfigDeployer.java).
 */
export function readPropertyFile(context: Context, text: string, name: string, source: Source): ParsedArtifact {
  reportMalformedEscape(context, text, source.path, 'configurable');
  const settings = readPropertyNames(text).map(({ name: key, line, column }): SettingRead => ({
    from: 'configurable',
    name: key,
    secret: isSecretName(key),
    source: { path: source.path, line, column },
  }));
  const keys = [...new Set(settings.map((setting) => setting.name))].toSorted(compareText);
  return plainArtifact(
    name,
    source,
    { kind: 'property-file', keys },
    { effects: [], references: [], ...(settings.length === 0 ? {} : { settings }) },
  );
}

/**
 * Reports what makes Java refuse a whole file of properties. ConfigDeployer is the first that CappDeployer asks, and
 * what it throws is no DeploymentException: nothing of the archive is deployed, and it is not listed as faulty.
 * FilePropertyLoader fails at each `$FILE:name` and `${files.name}` again (sources of MI).
 */
export function reportMalformedEscape(
  context: Context,
  text: string,
  path: string,
  from: 'configurable' | 'file-property',
): void {
  const place = malformedEscape(text);
  if (place === undefined) return;
  const then =
    from === 'configurable'
      ? 'deploys nothing of the archive that contains it, and does not list the archive as faulty'
      : 'fails at each setting that is read from it';
  report(
    context,
    { path, ...place },
    {
      code: 'MI-PROPERTIES-ESCAPE',
      message: String.raw`${path} has a \u without four hexadecimal digits: MI reads nothing of the file, and ${then}.`,
      hint: String.raw`Double each literal backslash (C:\\users), or use /.`,
    },
  );
}

/**
 * What a registry resource refers to and does when it is itself a sequence, endpoint or template, which flows can run
 * from the registry. Nothing for any other content.
 */
export function flowContents(text: string, path: string): FlowContents {
  if (!/<\s*([\w.-]+:)?(sequence|endpoint|template|definitions|localEntry)[\s>/]/.test(text.slice(0, 4096)))
    return { effects: [], references: [] };
  return parseFlow(text, path);
}

/** Files worth looking into for a flow. */
export function mayHoldFlow(file: string): boolean {
  return /\.xml$/i.test(file) || !/\.[^/.]+$/.test(file);
}

/**
 * Opens an archive that lies in a file or in another archive; what is wrong with it is reported, and the outcome is an
 * empty list.
 */
export function openEntries<T>(
  context: Context,
  input: string | Buffer,
  source: Source,
  use: (archive: Archive) => T,
): T | never[] {
  const archive = openZip(input, context.limits);
  try {
    const broken = archive.faults.find((fault) => fault.entry === undefined);
    if (broken !== undefined) {
      report(context, source, {
        code: broken.code,
        message: `${source.path} is not a readable archive: ${broken.message}.`,
        hint: 'Replace the file; its content was not read.',
      });
      return [];
    }
    return use(archive);
  } catch (error) {
    report(context, source, {
      code: 'MI-ZIP-BROKEN',
      message: `${source.path} is not a readable archive: ${reason(error)}.`,
      hint: 'Replace the file; its content was not read.',
    });
    return [];
  } finally {
    archive.close();
  }
}

/** What an error says, to stand inside a sentence. */
export function reason(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\.$/, '');
}
