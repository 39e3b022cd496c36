import { type CodeEntry, describedCode as entry } from '../model/diagnostic.ts';

/** What reading the folders of projects can find, a part of the catalogue of this package. */
export const projectCatalogue = {
  'MI-PRJ-NO-POM': entry(
    'warning',
    'Project without a pom.xml',
    'Its name is taken from the folder, and it has no version.',
    'Pass the folder that contains the `pom.xml`.',
  ),
  'MI-PRJ-CONTENT': entry(
    'warning',
    'Not an artifact',
    'A file in an artifact folder is not an artifact; the build packs it anyway, or silently skips it.',
    'Move the file elsewhere.',
  ),
  'MI-PRJ-FOLDER': entry(
    'error',
    'Artifact in the wrong folder',
    'The build packs it as the kind that its folder is for, and MI fails on it.',
    'Move it to the folder for its kind.',
  ),
  'MI-PRJ-UNKNOWN-FOLDER': entry(
    'warning',
    'Artifact outside the build folders',
    'The build does not read this folder.',
    'Move it to one of the folders named.',
  ),
  'MI-PRJ-NESTED': entry(
    'warning',
    'Artifact in a subfolder',
    'The build does not read subfolders of the artifact folders.',
    'Move it up.',
  ),
  'MI-PRJ-HIDDEN': entry(
    'warning',
    'Artifact in a hidden file',
    'The build also packs hidden files in the artifact folders, so MI deploys them.',
    'Move the file out of the folder, or rename it.',
  ),
  'MI-PRJ-CONNECTOR-NAME': entry(
    'error',
    'Connector file without a version',
    'The build fails on its name.',
    'Name it `<connector>-<version>.zip`.',
  ),
  'MI-PRJ-RUNTIME': entry(
    'error',
    'Invalid runtime version',
    'The version determines the image, its folders and the settings that MI supports, so only a version is allowed here.',
    'Set project.runtime.version in the pom to a version such as 4.4.0.',
  ),
  'MI-PRJ-INBOUND-CONNECTOR': entry(
    'warning',
    'Inbound connector not packed',
    'This runtime version does not pack it.',
    'Copy it into the image, or raise `project.runtime.version`.',
  ),
  'MI-PRJ-UNLISTED-RESOURCE': entry(
    'info',
    'Undeclared resource',
    'No `artifact.xml` declares it, so the build skips it.',
    'Declare it if a flow reads it.',
  ),
  'MI-LEGACY-NO-EXPORTER': entry(
    'warning',
    'Module without an exporter',
    'No composite exporter was found, so the module was read as if one archive delivered all of it.',
    'Pass the folder of the exporter as well, or add one.',
  ),
  'MI-LEGACY-LEFT-OUT': entry(
    'warning',
    'Artifact in no exporter',
    'No archive delivers it.',
    'Add it to an exporter, or remove it.',
  ),
  'MI-LEGACY-NO-DESCRIPTOR': entry(
    'warning',
    'Module without artifact.xml',
    'Its build packs none of its artifacts.',
    'Restore `artifact.xml`.',
  ),
  'MI-LEGACY-UNLISTED': entry(
    'warning',
    'Artifact that its module does not list',
    'No exporter can deliver it.',
    'List it in `artifact.xml`, or remove it.',
  ),
  'MI-LEGACY-NO-FILE': entry(
    'error',
    'Listed artifact without a file',
    'The build fails.',
    'Restore the file, or remove the entry.',
  ),
  'MI-LEGACY-CONTENT': entry(
    'error',
    'File of the wrong kind',
    'The file does not match the type in `artifact.xml`.',
    'Correct the file or the type.',
  ),
  'MI-LEGACY-UNSUPPORTED': entry(
    'warning',
    'Type from another product',
    'MI does not deploy it.',
    'Remove it from the exporter.',
  ),
  'MI-LEGACY-VERSION': entry(
    'warning',
    'Versions differ',
    'The exporter and `artifact.xml` name different versions.',
    'Make both the same.',
  ),
  'MI-LEGACY-UNMATCHED': entry(
    'warning',
    'Dependency not found',
    'An exporter delivers something that none of the given paths contains.',
    'Pass its module as well, restore its file, or scan the built archive.',
  ),
} satisfies Readonly<Record<string, CodeEntry>>;
