import { type CodeEntry, describedCode as entry } from '@mi-patterns/inventory';

/** What each code of the archive writer means; codes are permanent. */
export const archiveCatalogue = {
  'MI-PKG-JAVA': entry(
    'error',
    'Java sources are not built',
    'The archive needs a JAR of classes of the project, and only their sources are there: this tool does not compile.',
    'Build the project once (mvn package), then package again: the JAR is taken from target/.',
  ),
  'MI-PKG-CONNECTOR': entry(
    'error',
    'Connector not found',
    'The pom names a connector that the Maven build downloads.',
    'Build the project once (mvn package), or put the ZIP file into src/main/wso2mi/resources/connectors.',
  ),
  'MI-PKG-DATA-MAPPER': entry(
    'error',
    'Data mapper is not built',
    'The Maven build makes the mapping from TypeScript; only the TypeScript is there.',
    'Build the project once (mvn package), then package again: the mapping is taken from the archive in target/.',
  ),
  'MI-PKG-FROM-BUILD': entry(
    'info',
    'Taken from the last build',
    'The artifact cannot be made from the sources here, so it comes from the archive in target/.',
    'If the sources have changed since, build again.',
  ),
  'MI-PKG-STALE': entry(
    'warning',
    'The last build is older than the sources',
    'What was taken from target/ was built before its sources were changed.',
    'Build the project again (mvn package), then package again.',
  ),
  'MI-PKG-GONE': entry(
    'error',
    'File is no longer there',
    'A file that was read earlier is gone or no longer readable.',
    'Restore it, then package again.',
  ),
  'MI-PKG-ARCHIVE': entry(
    'error',
    'Archive cannot be rewritten',
    'A part of the archive cannot be read, so a copy of it would lack that part.',
    'Build or download the archive again.',
  ),
  'MI-PKG-TOO-LARGE': entry(
    'error',
    'Archive too large',
    'An archive holds at most 65,535 entries and 4 GiB.',
    'Split the application.',
  ),
  'MI-PKG-NAME': entry(
    'error',
    'Invalid name for an archive',
    'MI could not unpack the entry, or another tool would unpack it outside its folder.',
    'Rename the file or resource, and what refers to it.',
  ),
  'MI-PKG-UNSUPPORTED': entry(
    'info',
    'Left out of the archive',
    'MI does not deploy artifacts of this type, so the archive does not contain it.',
    'Remove it from the exporter.',
  ),
} satisfies Readonly<Record<string, CodeEntry>>;

export type ArchiveCode = keyof typeof archiveCatalogue;
