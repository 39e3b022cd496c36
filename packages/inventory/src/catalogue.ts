import { archiveCatalogue } from './archive/findings.ts';
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
    'Path that does not exist',
    'A path given on the command line or in `mi-patterns.yaml` does not exist.',
    'Correct the path; relative ones start from the current folder.',
  ],
  'MI-INPUT-EMPTY': [
    'error',
    'Nothing of Micro Integrator',
    'None of the given paths holds a project, an archive, a server folder or an artifact.',
    'Give the folder that holds `src/main/wso2mi`, a `.car` file, or a folder that holds several of them.',
  ],
  'MI-INPUT-TOO-LARGE': [
    'error',
    'Too many files',
    'The given paths hold more files and folders than are walked, a whole disk for instance.',
    'Give the projects and archives themselves.',
  ],
  'MI-READ-DENIED': [
    'error',
    'File that may not be read',
    'This user may not read the file. The rest was read.',
    'Make it readable, or leave it out.',
  ],
  'MI-READ-LINK': [
    'warning',
    'Link that was not followed',
    'A symbolic link leads out of the given paths.',
    'Give its target too, if artifacts are there.',
  ],
  'MI-READ-PACKAGE': [
    'info',
    'Package of an earlier run',
    'The folder holds archives that `package` or `generate` has made of the artifacts. Below a given path it is not read: what it holds may be old.',
    'Nothing; name the folder itself to read it.',
  ],
  'MI-READ-TOO-DEEP': [
    'error',
    'Folders nested too deep',
    'The folder lies deeper than is walked.',
    'Give the path of the project itself.',
  ],
  'MI-READ-TOO-LARGE': [
    'error',
    'File too large',
    'The file is larger than any artifact is; what is in it was not read.',
    'Check that it belongs here.',
  ],
  'MI-IMAGE-BROKEN': [
    'error',
    'Image that cannot be read',
    'A manifest, a layer or the archive of the image is damaged, cut off or not what it claims to be. Nothing of the image was used.',
    'Save or pull it again.',
  ],
  'MI-IMAGE-DIGEST': [
    'error',
    'Image that is not what its digest says',
    'The bytes of a layer or document of the image have another digest or length than its manifest names.',
    'Do not run it. Pull it again from where it was built.',
  ],
  'MI-IMAGE-LIMIT': [
    'error',
    'Image beyond a limit',
    'It has more files, or unpacks to more bytes, than any image of Micro Integrator.',
    'Check where it comes from.',
  ],
  'MI-IMAGE-LINK': [
    'warning',
    'Link to nothing in an image',
    'A link in a folder that the server reads leads to nothing in the image.',
    'Correct the link, or copy the file itself.',
  ],
  'MI-IMAGE-NOT-READ': [
    'info',
    'Archive of an image that nothing deploys',
    'The image holds an archive outside of `carbonapps`, so its server does not deploy it, and it was not read.',
    'Nothing, if it is copied there only when you want it. Otherwise read the archive itself.',
  ],
  'MI-IMAGE-PATH': [
    'error',
    'Image with a dangerous path',
    'A layer has an entry whose name would leave the image, or a hard link to nothing in it. Such entries are left out.',
    'Do not run the image before you know who built it.',
  ],
  'MI-IMAGE-REFERENCE': [
    'error',
    'No image, or several, under a reference',
    'The file or registry has no image of this name, or the archive holds several and the reference names none of them.',
    'Correct the reference; for an archive or layout with several images append `:TAG`.',
  ],
  'MI-LOOSE-CONTENT': [
    'error',
    'File that is no artifact',
    'A file was named that holds nothing of Micro Integrator.',
    'Name a project, an archive, an artifact file or a `deployment.toml`.',
  ],
  'MI-LOOSE-FILE': [
    'warning',
    'Artifact that nothing delivers',
    'An artifact file lies outside of every project and archive.',
    'Move it into the artifact folder of a project.',
  ],
  'MI-DUPLICATE': [
    'warning',
    'Same artifact twice',
    'Two artifacts have one kind and name. A server that gets both fails the later one, and with it its whole archive.',
    'Keep one, rename one, or plan the applications one by one when they run on different servers.',
  ],
  'MI-APP-SAME-ID': [
    'error',
    'Two applications of one name and version',
    'A server deploys one of them and only logs an error for the other.',
    'Give the one that is to be deployed, or change a name or version.',
  ],
  'MI-APP-TWICE': [
    'warning',
    'Project and its own archive',
    'A project and the archive built of it were both given; their artifacts count once.',
    'Give one of them.',
  ],
  'MI-APP-DIFFERS': [
    'error',
    'Archive that differs from its project',
    'A project and an archive of its name and version were both given, and they do not hold the same. The archive is delivered as it is, so the plan goes by it.',
    'Build the archive again, or give only the one that is to run.',
  ],
  'MI-ARTIFACT-NAME': [
    'error',
    'Artifact without a name',
    'Micro Integrator refuses it; it is left out.',
    'Add the attribute the message names.',
  ],
  'MI-ARTIFACT-INCOMPLETE': [
    'error',
    'Artifact without something it needs',
    'An attribute, element or property is missing without which Micro Integrator refuses the artifact, or without which it fails each time it runs.',
    'Add it.',
  ],
  'MI-TASK-TRIGGER': [
    'error',
    'Trigger with interval and cron',
    'Micro Integrator refuses a task that has both.',
    'Keep one of the two.',
  ],
  'MI-DISPATCH-PATTERN': [
    'warning',
    'Dispatch pattern that cannot be tried',
    'A regular expression of an HTTP inbound endpoint could take for ever, so what it reaches is not known.',
    'Write it without repeated groups.',
  ],
  'MI-CONNECTOR-NO-DESCRIPTOR': [
    'warning',
    'ZIP file that is no connector',
    'It has no `connector.xml`.',
    'Download the connector again.',
  ],
  'MI-REGISTRY-NO-FILE': [
    'error',
    'Registry resource without its file',
    'The descriptor names a file that is not there.',
    'Restore the file, or build the archive again.',
  ],
  'MI-SERVER-CONTENT': [
    'warning',
    'File of a server that is no artifact',
    'A file in a folder of synapse-configs is no artifact; the server reports an error for it.',
    'Remove it.',
  ],
  'MI-TOML-MALFORMED': [
    'error',
    'deployment.toml is not valid',
    'A server does not start with it. Its listeners and ports were not read, so verdicts may be too lenient.',
    'Correct the file at the place named.',
  ],
  'MI-TOML-DYNAMIC': [
    'info',
    'Value known when the server starts',
    'A key that decides a verdict or a port holds `$env{…}` or another placeholder.',
    'Write the value out if it is the same everywhere.',
  ],
  'MI-TOML-TYPE': [
    'error',
    'Table where text belongs',
    'Micro Integrator reads text at this key of deployment.toml, and there is a table or a list.',
    'Write the value as text.',
  ],
  'MI-TOML-IGNORED': [
    'warning',
    'Switch that MI does not read',
    'A key for a listener has another name than the one MI reads, so the listener is as if the key were not there.',
    'Write the key that the message names.',
  ],
  'MI-XML-MALFORMED': [
    'error',
    'Not well-formed XML',
    'Micro Integrator cannot read the file either, and leaves it out.',
    'Correct the XML at the place named.',
  ],
  'MI-XML-DTD': [
    'error',
    'Document type declaration',
    'A document type with declarations of its own is not read: entities can be used to attack the reader.',
    'Remove the DOCTYPE and write the characters out.',
  ],
  'MI-XML-LIMIT': [
    'error',
    'XML beyond a limit',
    'Too long, nested too deep, or too many elements or attributes; refused to protect the machine that reads it.',
    'Split the file.',
  ],
  'MI-XML-ENCODING': [
    'error',
    'Unknown or wrong encoding',
    'The bytes are not what the XML declaration says, or its encoding is not known.',
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
    'Archive that cannot be read',
    'It is no ZIP file, cut off or damaged. What is in it was not read.',
    'Build or download it again.',
  ],
  'MI-ZIP-PATH': [
    'error',
    'Archive entry with a dangerous path',
    'An absolute path, or one with `..`, would leave the folder it is unpacked to. The entry is left out.',
    'Do not deploy this archive.',
  ],
  'MI-ZIP-LIMIT': [
    'error',
    'Archive beyond a limit',
    'Too many entries, too large when unpacked, or packed suspiciously well.',
    'Check where it comes from.',
  ],
  'MI-ZIP-ENCRYPTED': [
    'error',
    'Encrypted entry',
    'Java refuses a whole archive for one encrypted entry, so Micro Integrator does not deploy it.',
    'Pack it without a password.',
  ],
  'MI-ZIP-DUPLICATE': [
    'warning',
    'Entry twice in an archive',
    'Two entries have one name. MI unpacks one over the other, so the last one counts.',
    'Build the archive again.',
  ],
  'MI-CAR-NO-ROOT': [
    'error',
    'Archive without its list',
    'Neither `metadata.xml` nor `artifacts.xml` is at the top; MI drops the archive.',
    'Build it with the Maven plugin; pack the contents of a folder, not the folder.',
  ],
  'MI-CAR-DESCRIPTOR': [
    'error',
    'List of an archive is wrong',
    'The list has no `<artifact type="carbon/application">` with a name, or `descriptor.xml` is unusable.',
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
    'Two lists that differ',
    '`artifacts.xml` says what `metadata.xml` does not; MI reads `metadata.xml` only.',
    'Make both say the same.',
  ],
  'MI-CAR-UNLISTED': [
    'warning',
    'Artifact that is not listed',
    'Its folder is in the archive, but the list does not name it with this name and version; MI ignores it.',
    'List it, or remove the folder.',
  ],
  'MI-CAR-MISSING-FOLDER': [
    'error',
    'Listed artifact without a folder',
    'No folder has the name and version listed. MI drops the whole archive and stays ready.',
    'Make names and versions agree; build again.',
  ],
  'MI-CAR-SAME-NAME': [
    'error',
    'Two artifacts of one name and version',
    'MI joins list and folders by both and deploys one of them only.',
    'Give each a name of its own in `artifact.xml`.',
  ],
  'MI-CAR-NO-ROLE': [
    'error',
    'No server role',
    'MI fails on an entry without `serverRole`, and the whole archive is absent while the server stays ready.',
    'Add `serverRole="EnterpriseIntegrator"`.',
  ],
  'MI-CAR-ROLE': [
    'info',
    'Server role of its own',
    'A server with default roles leaves the artifact out silently.',
    'Start its servers with `-DserverRoles=…`; `mi-patterns package` and the chart do so.',
  ],
  'MI-CAR-STRAY': [
    'warning',
    'Archive inside an archive',
    'Outside of `dependencies/` of a fat archive MI never deploys it.',
    'Remove or move it.',
  ],
  'MI-CAR-UNKNOWN-TYPE': [
    'warning',
    'Type that MI does not deploy',
    'The artifact is skipped silently.',
    'Correct the type in `artifact.xml`, or remove it.',
  ],
  'MI-CAR-NO-FILE': [
    'error',
    'Artifact without its file',
    '`artifact.xml` names a file that the archive does not hold.',
    'Build the archive again.',
  ],
  'MI-CAR-FILES': ['error', 'Artifact of several files', 'MI deploys artifacts of one file only.', 'Split it.'],
  'MI-CAR-CONTENT': [
    'error',
    'File of another kind',
    'The file is not of the kind its type says; MI fails on it and drops the archive.',
    'Correct the file or the type.',
  ],
  'MI-CAR-NO-DIRECTORY': [
    'error',
    'Archive without folder entries',
    'MI cannot unpack an archive whose folders have no entries of their own before their files.',
    'Pack it with folder entries (`zip -r`, not `zip -D`).',
  ],
  'MI-PRJ-NO-POM': [
    'warning',
    'Project without a pom.xml',
    'Its name was taken from the folder, and it has no version.',
    'Give the folder that holds the `pom.xml`.',
  ],
  'MI-PRJ-CONTENT': [
    'warning',
    'File that is no artifact',
    'A file in an artifact folder is not one; the build packs it all the same, or leaves it out without a word.',
    'Move it away.',
  ],
  'MI-PRJ-FOLDER': [
    'error',
    'Artifact in the folder of another kind',
    'The build packs it as the kind of its folder, and MI fails on it.',
    'Move it to the folder of its kind.',
  ],
  'MI-PRJ-UNKNOWN-FOLDER': [
    'warning',
    'Artifact in no folder of the build',
    'The build does not look where it lies.',
    'Move it to one of the folders named.',
  ],
  'MI-PRJ-NESTED': [
    'warning',
    'Artifact in an inner folder',
    'The build looks directly into the folders of the kinds only.',
    'Move it up.',
  ],
  'MI-PRJ-HIDDEN': [
    'warning',
    'Artifact in a hidden file',
    'The build packs hidden files of the artifact folders too, so MI deploys what is in them.',
    'Move the file out of the folder, or show it.',
  ],
  'MI-PRJ-CONNECTOR-NAME': [
    'error',
    'Connector file without a version',
    'The build fails on its name.',
    'Name it `<connector>-<version>.zip`.',
  ],
  'MI-PRJ-RUNTIME': [
    'error',
    'Runtime version that is not a version',
    'The version decides the image, its folders and the settings that MI knows; other text must not get there.',
    'Set project.runtime.version in the pom to a version such as 4.4.0.',
  ],
  'MI-PRJ-INBOUND-CONNECTOR': [
    'warning',
    'Inbound connector that is not packed',
    'This runtime version does not pack it.',
    'Copy it into the image, or raise `project.runtime.version`.',
  ],
  'MI-PRJ-UNLISTED-RESOURCE': [
    'info',
    'Resource that is not declared',
    'No `artifact.xml` declares it, so the build leaves it out.',
    'Declare it if a flow reads it.',
  ],
  'MI-LEGACY-NO-EXPORTER': [
    'info',
    'Module without an exporter',
    'No composite exporter was found; the module was read as if one archive delivered all of it.',
    'Give the parent folder.',
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
    'Listed artifact without its file',
    'The build fails.',
    'Restore the file, or remove the entry.',
  ],
  'MI-LEGACY-CONTENT': [
    'error',
    'File of another kind',
    'The file is not of the kind that `artifact.xml` says.',
    'Correct the file or the type.',
  ],
  'MI-LEGACY-UNSUPPORTED': [
    'warning',
    'Type of another product',
    'MI does not deploy it.',
    'Remove it from the exporter.',
  ],
  'MI-LEGACY-VERSION': [
    'warning',
    'Versions that differ',
    'The exporter asks for another version than `artifact.xml` has.',
    'Make both the same.',
  ],
  'MI-LEGACY-UNMATCHED': [
    'warning',
    'Dependency that is not here',
    'An exporter delivers something that is in none of the given paths.',
    'Give its module too, or scan the built archive.',
  ],
} as const satisfies Readonly<Record<string, Row>>;

const rows: Readonly<Record<string, Row>> = { ...readingCatalogue, ...archiveCatalogue };

/** Every code of this package with its meaning and way out. */
export const inventoryCatalogue: Readonly<Record<string, InventoryCatalogueEntry>> = Object.fromEntries(
  Object.entries(rows).map(([code, [severity, title, meaning, fix]]) => [code, { severity, title, meaning, fix }]),
);
