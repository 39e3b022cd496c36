import type { Severity } from './diagnostic.ts';

/** What a code means, for the reference of all diagnostics. */
export interface InventoryCatalogueEntry {
  /** The severity it usually has. */
  readonly severity: Severity;
  readonly title: string;
  readonly meaning: string;
  readonly fix: string;
}

type Row = readonly [severity: Severity, title: string, meaning: string, fix: string];

/** What reading can find. Codes are permanent: never reuse one, never change what one means. */
const readingCatalogue = {
  'MI-INPUT-MISSING': [
    'error',
    'Path not found',
    'A path on the command line or in `mi-patterns.yaml` does not exist.',
    'Correct the path; relative paths start in the current folder.',
  ],
  'MI-INPUT-EMPTY': [
    'error',
    'No Micro Integrator content',
    'None of the given paths contains a project, an archive, a server folder or an artifact.',
    'Give the folder that holds `src/main/wso2mi`, a `.car` file, or a folder that holds several of them.',
  ],
  'MI-INPUT-TOO-LARGE': [
    'error',
    'Too many files',
    'The given paths contain more files and folders than the limit, for example a whole disk.',
    'Give the projects and archives themselves.',
  ],
  'MI-READ-DENIED': [
    'error',
    'File is not readable',
    'You do not have permission to read the file. Everything else was read.',
    'Make the file readable, or exclude it.',
  ],
  'MI-READ-LINK': [
    'warning',
    'Link not followed',
    'A symbolic link leads out of the given paths.',
    'If its target holds artifacts, pass the target as well.',
  ],
  'MI-READ-PACKAGE': [
    'info',
    'Package of an earlier run',
    'The folder holds archives that `package` or `generate` made from the artifacts. It is skipped below a given path because its content may be out of date.',
    'Nothing to do. To read the folder, name it as a path.',
  ],
  'MI-READ-TOO-DEEP': [
    'error',
    'Folders nested too deep',
    'The folder is nested more deeply than the limit.',
    'Give the path of the project itself.',
  ],
  'MI-READ-TOO-LARGE': [
    'error',
    'File too large',
    'The file is larger than any artifact, so it was not read.',
    'Check that it belongs here.',
  ],
  'MI-IMAGE-BROKEN': [
    'error',
    'Unreadable image',
    'A manifest, a layer or the archive of the image is damaged, truncated or not of its declared type. The image was not used.',
    'Save or pull it again.',
  ],
  'MI-IMAGE-DIGEST': [
    'error',
    'Image does not match its digest',
    'A layer or document of the image has a different digest or length than its manifest states.',
    'Do not run it. Pull it again from its original source.',
  ],
  'MI-IMAGE-LIMIT': [
    'error',
    'Image exceeds a limit',
    'It has more files, or unpacks to more bytes, than any image of Micro Integrator.',
    'Check its origin.',
  ],
  'MI-IMAGE-LINK': [
    'warning',
    'Dangling link in an image',
    'A link in a folder that the server reads has no target in the image.',
    'Correct the link, or copy the file itself.',
  ],
  'MI-IMAGE-NOT-READ': [
    'info',
    'Archive in the image is not deployed',
    'The image holds an archive outside `carbonapps`. Its server does not deploy it, so it was not read.',
    'Nothing to do if you copy it there on demand. Otherwise pass the archive itself.',
  ],
  'MI-IMAGE-PATH': [
    'error',
    'Dangerous path in an image',
    'A layer has an entry that points outside the image, or a hard link without a target. Such entries are skipped.',
    'Do not run the image until you know who built it.',
  ],
  'MI-IMAGE-REFERENCE': [
    'error',
    'No image, or several, for a reference',
    'The file or registry has no image of this name, or the archive holds several and the reference names none of them.',
    'Correct the reference; for an archive or layout with several images append `:TAG`.',
  ],
  'MI-LOOSE-CONTENT': [
    'error',
    'Not an artifact',
    'The named file holds no Micro Integrator content.',
    'Name a project, an archive, an artifact file or a `deployment.toml`.',
  ],
  'MI-LOOSE-FILE': [
    'warning',
    'Artifact that is not delivered',
    'An artifact file is outside every project and archive.',
    'Move it into the artifact folder of a project.',
  ],
  'MI-DUPLICATE': [
    'warning',
    'Duplicate artifact',
    'Two artifacts have the same kind and name. A server that receives both fails to deploy the later one and its whole archive.',
    'Keep one, rename one, or plan the applications separately if they run on different servers.',
  ],
  'MI-APP-SAME-ID': [
    'error',
    'Two applications with the same name and version',
    'A server deploys one of them and only logs an error for the other.',
    'Pass only the one to deploy, or change its name or version.',
  ],
  'MI-APP-TWICE': [
    'warning',
    'Project and its archive',
    'A project and the archive built from it were both given. Their artifacts count once.',
    'Pass only one of them.',
  ],
  'MI-APP-DIFFERS': [
    'error',
    'Archive that differs from its project',
    'A project and an archive with the same name and version were both given, and their contents differ. The archive is delivered unchanged, so the plan follows the archive.',
    'Rebuild the archive, or pass only the one that will run.',
  ],
  'MI-ARTIFACT-NAME': [
    'error',
    'Artifact without a name',
    'Micro Integrator refuses it, so it is skipped.',
    'Add the attribute the message names.',
  ],
  'MI-ARTIFACT-INCOMPLETE': [
    'error',
    'Incomplete artifact',
    'A required attribute, element or property is missing. Micro Integrator refuses the artifact, or it fails each time it runs.',
    'Add it.',
  ],
  'MI-TASK-TRIGGER': [
    'error',
    'Trigger with interval and cron',
    'Micro Integrator refuses a task that has both.',
    'Keep one of the two.',
  ],
  'MI-PROCESSOR-INTERVAL': [
    'error',
    'Interval that is not a number',
    'Micro Integrator refuses a message processor whose `interval` is not a whole number. It resolves no variable there.',
    'Write the interval in milliseconds.',
  ],
  'MI-DISPATCH-PATTERN': [
    'warning',
    'Unsafe dispatch pattern',
    'A regular expression of an HTTP inbound endpoint could run forever, so its targets are unknown.',
    'Write it without repeated groups.',
  ],
  'MI-CONNECTOR-NO-DESCRIPTOR': [
    'warning',
    'ZIP file is not a connector',
    'It has no `connector.xml`.',
    'Download the connector again.',
  ],
  'MI-REGISTRY-NO-FILE': [
    'error',
    'Registry resource without a file',
    'The descriptor names a file that does not exist.',
    'Restore the file, or build the archive again.',
  ],
  'MI-SERVER-CONTENT': [
    'warning',
    'File in a server folder is not an artifact',
    'A file in a folder of synapse-configs is not an artifact; the server reports an error for it.',
    'Remove it.',
  ],
  'MI-TOML-MALFORMED': [
    'error',
    'deployment.toml is not valid',
    'No server starts with it. Its listeners and ports were not read, so verdicts may be too lenient.',
    'Correct the file at the given position.',
  ],
  'MI-TOML-DYNAMIC': [
    'info',
    'Value known only at server start',
    'A key that determines a verdict or a port contains `$env{…}` or another placeholder.',
    'Write the literal value if it is the same everywhere.',
  ],
  'MI-TOML-TYPE': [
    'error',
    'Table instead of text',
    'Micro Integrator expects text at this key of deployment.toml but finds a table or a list.',
    'Write the value as text.',
  ],
  'MI-TOML-IGNORED': [
    'warning',
    'Key that MI does not read',
    'A listener key has a different name from the one MI reads, so it has no effect.',
    'Write the key that the message names.',
  ],
  'MI-XML-MALFORMED': [
    'error',
    'Not well-formed XML',
    'Micro Integrator cannot read the file either and skips it.',
    'Correct the XML at the given position.',
  ],
  'MI-XML-DTD': [
    'error',
    'Document type declaration',
    'A DOCTYPE with declarations is not read because its entities can be used to attack the parser.',
    'Remove the DOCTYPE and write the characters literally.',
  ],
  'MI-XML-LIMIT': [
    'error',
    'XML exceeds a limit',
    'The file is too long, too deeply nested, or has too many elements or attributes. It is refused to protect the machine that reads it.',
    'Split the file.',
  ],
  'MI-XML-ENCODING': [
    'error',
    'Unknown or wrong encoding',
    'The bytes do not match the XML declaration, or its encoding is unknown.',
    'Save the file as UTF-8.',
  ],
  'MI-XML-NAMESPACE': [
    'warning',
    'Foreign namespace',
    'The element looks like an artifact but is in another namespace, so Micro Integrator does not deploy it as one.',
    'Use the namespace the message names.',
  ],
  'MI-ZIP-BROKEN': [
    'error',
    'Unreadable archive',
    'It is not a ZIP file, or it is truncated or damaged. Its content was not read.',
    'Build or download it again.',
  ],
  'MI-ZIP-PATH': [
    'error',
    'Archive entry with a dangerous path',
    'An absolute path, or one with `..`, would be unpacked outside the target folder. The entry is skipped.',
    'Do not deploy this archive.',
  ],
  'MI-ZIP-LIMIT': [
    'error',
    'Archive exceeds a limit',
    'It has too many entries, is too large when unpacked, or has a suspicious compression ratio.',
    'Check its origin.',
  ],
  'MI-ZIP-ENCRYPTED': [
    'error',
    'Encrypted entry',
    'Java refuses a whole archive if one entry is encrypted, so Micro Integrator does not deploy it.',
    'Pack the archive without a password.',
  ],
  'MI-ZIP-DUPLICATE': [
    'warning',
    'Duplicate archive entry',
    'Two entries have the same name. MI unpacks one over the other, so the last one wins.',
    'Build the archive again.',
  ],
  'MI-CAR-NO-ROOT': [
    'error',
    'Archive without a descriptor',
    'The archive has no `metadata.xml` or `artifacts.xml` at its top level; MI drops it.',
    'Build it with the Maven plugin; pack the contents of the folder, not the folder itself.',
  ],
  'MI-CAR-DESCRIPTOR': [
    'error',
    'Invalid archive descriptor',
    'The descriptor has no `<artifact type="carbon/application">` with a name, or `descriptor.xml` is unusable.',
    'Build the archive again.',
  ],
  'MI-CAR-EMPTY': [
    'warning',
    'Archive without artifacts',
    'MI ignores it with a warning.',
    'Add artifacts, or remove it.',
  ],
  'MI-CAR-LISTS-DIFFER': [
    'warning',
    'Descriptors differ',
    '`artifacts.xml` and `metadata.xml` differ; MI reads only `metadata.xml`.',
    'Make both the same.',
  ],
  'MI-CAR-UNLISTED': [
    'warning',
    'Unlisted artifact',
    'The archive contains its folder, but no descriptor lists this name and version; MI ignores it.',
    'List the artifact, or remove its folder.',
  ],
  'MI-CAR-MISSING-FOLDER': [
    'error',
    'Listed artifact without a folder',
    'No folder has the listed name and version. MI drops the whole archive and stays ready.',
    'Make names and versions match, then rebuild.',
  ],
  'MI-CAR-SAME-NAME': [
    'error',
    'Two artifacts with the same name and version',
    'MI matches descriptors and folders by name and version, so it deploys only one of them.',
    'Give each a unique name in `artifact.xml`.',
  ],
  'MI-CAR-NO-ROLE': [
    'error',
    'No server role',
    'MI fails on an entry without `serverRole`: the whole archive is missing while the server stays ready.',
    'Add `serverRole="EnterpriseIntegrator"`.',
  ],
  'MI-CAR-ROLE': [
    'info',
    'Custom server role',
    'A server with the default roles silently skips the artifact.',
    'Start its servers with `-DserverRoles=…`; `mi-patterns package` and the chart do this for you.',
  ],
  'MI-CAR-STRAY': [
    'warning',
    'Archive inside an archive',
    'MI deploys inner archives only from `dependencies/` of a fat archive.',
    'Remove or move it.',
  ],
  'MI-CAR-UNKNOWN-TYPE': [
    'warning',
    'Type not deployed by MI',
    'MI silently skips the artifact.',
    'Correct the type in `artifact.xml`, or remove it.',
  ],
  'MI-CAR-NO-FILE': [
    'error',
    'Artifact without a file',
    '`artifact.xml` names a file that the archive does not contain.',
    'Build the archive again.',
  ],
  'MI-CAR-FILES': ['error', 'Artifact with several files', 'MI deploys only artifacts with one file.', 'Split it.'],
  'MI-CAR-CONTENT': [
    'error',
    'File of the wrong kind',
    'The file does not match its declared type; MI fails on it and drops the archive.',
    'Correct the file or the type.',
  ],
  'MI-CAR-NO-DIRECTORY': [
    'error',
    'Archive without folder entries',
    'MI cannot unpack an archive that lacks a folder entry before the files in that folder.',
    'Pack it with folder entries (`zip -r`, not `zip -D`).',
  ],
  'MI-PRJ-NO-POM': [
    'warning',
    'Project without a pom.xml',
    'Its name is taken from the folder, and it has no version.',
    'Pass the folder that contains the `pom.xml`.',
  ],
  'MI-PRJ-CONTENT': [
    'warning',
    'Not an artifact',
    'A file in an artifact folder is not an artifact; the build packs it anyway, or silently skips it.',
    'Move the file elsewhere.',
  ],
  'MI-PRJ-FOLDER': [
    'error',
    'Artifact in the wrong folder',
    'The build packs it as the kind that its folder is for, and MI fails on it.',
    'Move it to the folder for its kind.',
  ],
  'MI-PRJ-UNKNOWN-FOLDER': [
    'warning',
    'Artifact outside the build folders',
    'The build does not read this folder.',
    'Move it to one of the folders named.',
  ],
  'MI-PRJ-NESTED': [
    'warning',
    'Artifact in a subfolder',
    'The build does not read subfolders of the artifact folders.',
    'Move it up.',
  ],
  'MI-PRJ-HIDDEN': [
    'warning',
    'Artifact in a hidden file',
    'The build also packs hidden files in the artifact folders, so MI deploys them.',
    'Move the file out of the folder, or rename it.',
  ],
  'MI-PRJ-CONNECTOR-NAME': [
    'error',
    'Connector file without a version',
    'The build fails on its name.',
    'Name it `<connector>-<version>.zip`.',
  ],
  'MI-PRJ-RUNTIME': [
    'error',
    'Invalid runtime version',
    'The version determines the image, its folders and the settings that MI supports, so only a version is allowed here.',
    'Set project.runtime.version in the pom to a version such as 4.4.0.',
  ],
  'MI-PRJ-INBOUND-CONNECTOR': [
    'warning',
    'Inbound connector not packed',
    'This runtime version does not pack it.',
    'Copy it into the image, or raise `project.runtime.version`.',
  ],
  'MI-PRJ-UNLISTED-RESOURCE': [
    'info',
    'Undeclared resource',
    'No `artifact.xml` declares it, so the build skips it.',
    'Declare it if a flow reads it.',
  ],
  'MI-LEGACY-NO-EXPORTER': [
    'info',
    'Module without an exporter',
    'No composite exporter was found, so the module was read as if one archive delivered all of it.',
    'Pass the parent folder.',
  ],
  'MI-LEGACY-LEFT-OUT': [
    'info',
    'Artifact in no exporter',
    'No archive delivers it.',
    'Add it to an exporter, or remove it.',
  ],
  'MI-LEGACY-NO-DESCRIPTOR': [
    'warning',
    'Module without artifact.xml',
    'Its build makes none of its artifacts.',
    'Restore `artifact.xml`.',
  ],
  'MI-LEGACY-UNLISTED': [
    'warning',
    'Artifact that its module does not list',
    'No exporter can deliver it.',
    'List it in `artifact.xml`, or remove it.',
  ],
  'MI-LEGACY-NO-FILE': [
    'error',
    'Listed artifact without a file',
    'The build fails.',
    'Restore the file, or remove the entry.',
  ],
  'MI-LEGACY-CONTENT': [
    'error',
    'File of the wrong kind',
    'The file does not match the type in `artifact.xml`.',
    'Correct the file or the type.',
  ],
  'MI-LEGACY-UNSUPPORTED': [
    'warning',
    'Type from another product',
    'MI does not deploy it.',
    'Remove it from the exporter.',
  ],
  'MI-LEGACY-VERSION': [
    'warning',
    'Versions differ',
    'The exporter and `artifact.xml` name different versions.',
    'Make both the same.',
  ],
  'MI-LEGACY-UNMATCHED': [
    'warning',
    'Dependency not found',
    'An exporter delivers something that none of the given paths contains.',
    'Pass its module as well, or scan the built archive.',
  ],
} as const satisfies Readonly<Record<string, Row>>;

const rows: Readonly<Record<string, Row>> = readingCatalogue;

/** Every code of this package with its meaning and way out. */
export const inventoryCatalogue: Readonly<Record<string, InventoryCatalogueEntry>> = Object.fromEntries(
  Object.entries(rows).map(([code, [severity, title, meaning, fix]]) => [code, { severity, title, meaning, fix }]),
);
