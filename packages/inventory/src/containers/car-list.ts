import { compareText, type Source } from '../model/diagnostic.ts';
import { type CarReading, readEntryText } from './car-entries.ts';
import { report } from './draft.ts';
import { childrenOf, readMarkup } from './markup.ts';

/** A `<dependency>` of the application artifact. */
export interface ListedArtifact {
  readonly name: string;
  readonly version: string;
  readonly serverRole: string | undefined;
  readonly source: Source;
}

/** What artifacts.xml or metadata.xml says. */
export interface ApplicationList {
  /** The file MI reads. */
  readonly file: string;
  readonly name: string;
  readonly version: string;
  readonly mainSequence: string | undefined;
  readonly artifacts: readonly ListedArtifact[];
}

/**
 * Reads the list that MI reads: `metadata.xml` if present, else `artifacts.xml` (core's ApplicationConfiguration.java);
 * the first `<artifact type="carbon/application">` in it. The attributes used are artifact, version and serverRole;
 * `include` is not. Undefined, with a diagnostic, when there is none: MI then drops the archive.
 */
export function readApplicationList(reading: CarReading): ApplicationList | undefined {
  const metadata = reading.archive.has('metadata.xml') ? readList(reading, 'metadata.xml') : undefined;
  const artifacts = reading.archive.has('artifacts.xml') ? readList(reading, 'artifacts.xml') : undefined;
  if (!reading.archive.has('metadata.xml') && !reading.archive.has('artifacts.xml')) {
    report(reading.context, reading.source, {
      code: 'MI-CAR-NO-ROOT',
      message: `${reading.source.path} has neither metadata.xml nor artifacts.xml at its top level; MI drops it.`,
      hint: 'Build it with the Maven plugin; if the files are in an inner folder, pack the contents of that folder.',
    });
    return undefined;
  }
  if (metadata !== undefined && artifacts !== undefined) compareLists(reading, metadata, artifacts);
  // MI never falls back to artifacts.xml when metadata.xml is broken, and neither do we.
  return reading.archive.has('metadata.xml') ? metadata : artifacts;
}

function readList(reading: CarReading, file: string): ApplicationList | undefined {
  const text = readEntryText(reading, file);
  if (text === undefined) return undefined;
  const document = readMarkup(text, reading.prefix + file);
  if ('problem' in document) {
    reading.context.findings.diagnostics.push(document.problem);
    return undefined;
  }
  const root = childrenOf(document.root, 'artifact').find(
    (element) => element.attributes.get('type') === 'carbon/application',
  );
  const name = root?.attributes.get('name');
  if (root === undefined || !name) {
    report(reading.context, document.root.source, {
      code: 'MI-CAR-DESCRIPTOR',
      message: `${reading.prefix}${file} has no <artifact type="carbon/application"> with a name; MI drops the archive.`,
      hint: 'Build the archive again with the Maven plugin.',
    });
    return undefined;
  }
  return {
    file,
    name,
    version: root.attributes.get('version') ?? '',
    mainSequence: root.attributes.get('mainSequence'),
    artifacts: childrenOf(root, 'dependency').map((element) => ({
      name: element.attributes.get('artifact') ?? '',
      version: element.attributes.get('version') ?? '',
      serverRole: element.attributes.get('serverRole'),
      source: element.source,
    })),
  };
}

/** What is in `some` and not in `all`, which mostly has the same in the same order. */
function missingIn(all: readonly ListedArtifact[], some: readonly ListedArtifact[]): readonly ListedArtifact[] {
  let found = 0;
  for (const entry of all) if (isSame(entry, some[found])) found += 1;
  if (found === some.length) return [];
  const keyOf = ({ name, version, serverRole }: ListedArtifact): string => JSON.stringify([name, version, serverRole]);
  const known = new Set(all.map(keyOf));
  return some.filter((entry) => !known.has(keyOf(entry)));
}

function isSame(one: ListedArtifact, other: ListedArtifact | undefined): boolean {
  return one.name === other?.name && one.version === other.version && one.serverRole === other.serverRole;
}

/** metadata.xml must say the same as artifacts.xml, apart from the metadata artifacts it adds. */
function compareLists(reading: CarReading, metadata: ApplicationList, artifacts: ApplicationList): void {
  const show = ({ name, version, serverRole }: ListedArtifact): string =>
    `${name} ${version} with ${serverRole === undefined ? 'no server role' : `the server role ${serverRole}`}`;
  const differences = missingIn(metadata.artifacts, artifacts.artifacts)
    .map((entry) => `only artifacts.xml lists ${show(entry)}`)
    .toSorted(compareText);
  for (const key of ['name', 'version', 'mainSequence'] as const) {
    if (metadata[key] !== artifacts[key])
      differences.unshift(
        `the ${key} of the application (${artifacts[key] ?? 'none'} instead of ${metadata[key] ?? 'none'})`,
      );
  }
  const [first] = differences;
  if (first === undefined) return;
  report(reading.context, reading.source, {
    code: 'MI-CAR-LISTS-DIFFER',
    message: `artifacts.xml of ${reading.source.path} differs from metadata.xml: ${first}${differences.length > 1 ? ` and ${differences.length - 1} more` : ''}. MI reads only metadata.xml.`,
    hint: 'Build the archive again, or make both files say the same.',
  });
}
