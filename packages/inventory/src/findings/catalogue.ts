import {
  type CodeEntry,
  describedCode as entry,
  type Diagnostic,
  findingMaker,
  type Severity,
  type Source,
} from '../model/diagnostic.ts';
import { projectCatalogue } from './catalogue-project.ts';

/** What reading can find. Codes are permanent: never reuse one, never change what one means. */
export const inventoryCatalogue = {
  'MI-INPUT-MISSING': entry(
    'error',
    'Path not found',
    'A path on the command line or in `mi-patterns.yaml` does not exist.',
    'Correct the path. On the command line it is relative to the current folder, in `mi-patterns.yaml` to that file.',
  ),
  'MI-INPUT-EMPTY': entry(
    'error',
    'No Micro Integrator content',
    'None of the given paths contains a project, an archive, a server folder or an artifact. It is a warning where there is a `deployment.toml`.',
    'Give the folder that holds `src/main/wso2mi`, a `.car` file, or a folder that holds several of them.',
  ),
  'MI-INPUT-TOO-LARGE': entry(
    'error',
    'Too many files',
    'The given paths contain more files and folders than the limit, for example a whole disk.',
    'Give the projects and archives themselves.',
  ),
  'MI-READ-DENIED': entry(
    'error',
    'File is not readable',
    'You do not have permission to read the file, its name is not valid UTF-8, or a link that leads nowhere, a pipe or a device stands in its place. Everything else was read.',
    'Make the file readable, put one in its place, or exclude it.',
  ),
  'MI-TEMPORARY-FOLDER': entry(
    'error',
    'No folder for temporary files',
    'The input of helm and the other tools is first written to the folder for temporary files. That folder does not exist, is not writable, or its disk is full.',
    'Set `TMPDIR` to an existing, writable folder with free space.',
  ),
  'MI-READ-LINK': entry(
    'warning',
    'Link not followed',
    'A symbolic link to a folder leads out of the given paths, or lies where such links are not followed.',
    'If its target holds something to deploy, pass the target as well, or put the folder in place of the link.',
  ),
  'MI-READ-PACKAGE': entry(
    'info',
    'Package of an earlier run',
    'The folder holds archives that `package` or `generate` made from the artifacts. It is skipped below a given path because its content may be out of date.',
    'Nothing to do. To read the folder, name it as a path.',
  ),
  'MI-READ-TOO-DEEP': entry(
    'error',
    'Folders nested too deep',
    'The folder is nested more deeply than the limit.',
    'Pass the path of the project itself.',
  ),
  'MI-READ-TOO-LARGE': entry(
    'error',
    'File too large',
    'The file is larger than any artifact, so it was not read.',
    'Check that it belongs here.',
  ),
  'MI-IMAGE-BROKEN': entry(
    'error',
    'Unreadable image',
    'A manifest, a layer or the archive of the image is damaged, truncated or not of its declared type. The image was not used.',
    'Save or pull it again.',
  ),
  'MI-IMAGE-DIGEST': entry(
    'error',
    'Image does not match its digest',
    'A layer or document of the image has a different digest or length than its manifest states.',
    'Do not run it. Pull it again from its original source.',
  ),
  'MI-IMAGE-LIMIT': entry(
    'error',
    'Image exceeds a limit',
    'It has more files, or unpacks to more bytes, than any image of Micro Integrator.',
    'Check its origin.',
  ),
  'MI-IMAGE-LINK': entry(
    'warning',
    'Dangling link in an image',
    'A link in a folder that the server reads has no target in the image.',
    'Correct the link, or copy the file itself.',
  ),
  'MI-IMAGE-NOT-READ': entry(
    'info',
    'Archive in the image is not deployed',
    'The image holds an archive outside `carbonapps`. Its server does not deploy it, so it was not read.',
    'Nothing to do if you copy it there on demand. Otherwise pass the archive itself.',
  ),
  'MI-IMAGE-PATH': entry(
    'error',
    'Dangerous path in an image',
    'A layer has an entry that points outside the image, or a hard link without a target. Such entries are skipped.',
    'Do not run the image until you know who built it.',
  ),
  'MI-IMAGE-REFERENCE': entry(
    'error',
    'No image, or several, for a reference',
    'The file or registry has no image of this name, or the archive holds several and the reference names none of them.',
    'Correct the reference; for an archive or layout with several images append `:TAG`.',
  ),
  'MI-LOOSE-CONTENT': entry(
    'error',
    'Not an artifact',
    'The named file holds no Micro Integrator content.',
    'Name a project, an archive, an artifact file or a `deployment.toml`.',
  ),
  'MI-LOOSE-FILE': entry(
    'warning',
    'Artifact that is not delivered',
    'An artifact file is in no folder that a build or a server reads.',
    'Move it into the artifact folder of a project.',
  ),
  'MI-DUPLICATE': entry(
    'warning',
    'Duplicate artifact',
    'Two artifacts have the same kind and name. A server that receives both fails to deploy the later one and its whole archive, or leaves out the file alone where it lies in `synapse-configs`. Of endpoints and templates it keeps the later definition, and only definitions that differ are reported.',
    'Keep one, rename one, or plan the applications separately if they run on different servers.',
  ),
  'MI-APP-SAME-ID': entry(
    'error',
    'Two applications with the same name and version',
    'A server deploys one of them and only logs an error for the other.',
    'Pass only the one to deploy, or change its name or version.',
  ),
  'MI-APP-TWICE': entry(
    'warning',
    'Project and its archive',
    'A project and the archive built from it were both given. Their artifacts count once, and the archive is what is delivered, also where the project has changed since.',
    'Pass only one of them.',
  ),
  'MI-APP-DIFFERS': entry(
    'error',
    'Archive that differs from its project',
    'A project and an archive with the same name and version were both given, and their contents differ. The archive is delivered unchanged, so the plan follows the archive.',
    'Rebuild the archive, or pass only the one that will run.',
  ),
  'MI-ARTIFACT-NAME': entry(
    'error',
    'Artifact without a name',
    'Micro Integrator refuses it, so it is skipped. It keeps blanks around a name, so that nothing finds the artifact by the name without them.',
    'Add the attribute the message names, or remove the blanks.',
  ),
  'MI-ARTIFACT-INCOMPLETE': entry(
    'error',
    'Incomplete artifact',
    'A required attribute, element or property is missing. Micro Integrator refuses the artifact, or loses its messages. As a warning: it deploys the artifact, which then does not do its work.',
    'Add it.',
  ),
  'MI-ARTIFACT-VALUE': entry(
    'error',
    'Value that Micro Integrator refuses',
    'An attribute or element has a value that Micro Integrator does not take. It undeploys the whole archive, so no pod becomes ready. For the context and the version of an API it drops the archive, and the pods are ready without it. As a warning: it deploys the artifact, which then does not do its work.',
    'Write what the hint names.',
  ),
  'MI-TASK-TRIGGER': entry(
    'error',
    'Unusable trigger',
    'Micro Integrator refuses a task that has both an interval and a cron expression, or numbers that are none. The rest is a warning: one without a cron expression, an interval of a second or more, or `once` is deployed and never runs, and so is one with `/` in its name. An inbound endpoint with such a name never polls.',
    'Write one of the three, and whole numbers.',
  ),
  'MI-CRON-INVALID': entry(
    'warning',
    'Cron expression that never fires',
    'Quartz, the scheduler of Micro Integrator, refuses the cron expression, or it matches no time in the future. MI deploys the archive, logs an error and becomes ready, but the work never starts. Unix expressions of five fields are the usual cause.',
    'Write six or seven fields: second, minute, hour, day of month, month, day of week and, optionally, year. Exactly one of the two days is `?`.',
  ),
  'MI-CRON-ENDS': entry(
    'info',
    'Cron expression that ends',
    'The expression names its years, so it stops firing after the last of them. A pod that starts later logs an error and becomes ready, but the work never starts.',
    'Omit the year if it should keep firing.',
  ),
  'MI-PROCESSOR-INTERVAL': entry(
    'error',
    'Interval that is not a number',
    'Micro Integrator refuses a message processor whose `interval` is not a whole number. It resolves no variable there.',
    'Write the interval in milliseconds.',
  ),
  'MI-PROCESSOR-NUMBER': entry(
    'error',
    'Parameter that is not a number',
    'Micro Integrator refuses a message processor whose `member.count` is not a whole number. As a warning: one below 1 never runs, and if `max.delivery.attempts` or `client.retry.interval` is not a number, it fails at every poll. It resolves no variables there and does not trim blanks.',
    'Write a whole number.',
  ),
  'MI-POLLING-INTERVAL': entry(
    'warning',
    'Polling without a pause',
    'A file inbound endpoint, or a message processor that forwards, has an interval of 0 or less. It asks again as soon as it has its answer, thousands of times a second, and an inbound endpoint logs a line each time while its folder is missing.',
    'Write the pause in milliseconds, such as 1000.',
  ),
  'MI-LOOPBACK-PORT': entry(
    'warning',
    'Call to a port that the server does not have',
    'A flow calls a port of its own server, but the server adds an offset to its ports, 10 by default, and nothing listens there. The connection is refused.',
    'Write the port with the offset, 8290 or 8253 by default, or set the offset to 0.',
  ),
  'MI-REF-JNDI': entry(
    'warning',
    'Data source by its other name',
    'A data source has a name, by which data services find it, and a name in JNDI, by which everything else does. MI does not find it by the other of the two, so each query fails.',
    'Write the name that the finding gives.',
  ),
  'MI-REF-PARAMETER': entry(
    'warning',
    'Template without a parameter that it needs',
    'A flow calls a template of sequences without a parameter that is mandatory there, and fails at the call, also where the parameter has a default. Or an endpoint is made of a template without a parameter that its address, method or another value is; MI then takes `$` and the name of the parameter for the value.',
    'Give the parameter in the call, or in the endpoint.',
  ),
  'MI-DISPATCH-PATTERN': entry(
    'warning',
    'Unsafe dispatch pattern',
    'A regular expression of an HTTP inbound endpoint could run forever, so its targets are unknown.',
    'Write it without repeated groups.',
  ),
  'MI-CONNECTOR-NO-DESCRIPTOR': entry(
    'warning',
    'ZIP file is not a connector',
    'It has no `connector.xml`.',
    'Download the connector again.',
  ),
  'MI-REGISTRY-NO-FILE': entry(
    'error',
    'Registry resource without a file',
    'The descriptor names a file that does not exist.',
    'Restore the file, or build the archive again.',
  ),
  'MI-CONNECTOR-NO-DIRECTORY': entry(
    'error',
    'Connector without folder entries',
    'MI cannot unpack a connector that lacks a folder entry before the files in that folder, and what uses the connector fails.',
    'Pack it with folder entries (`zip -r`, not `zip -D`).',
  ),
  'MI-CONNECTOR-CLASH': entry(
    'warning',
    'Connector in several versions',
    'Applications include different versions of one connector. A server keeps the one that it deploys first, and the flows of all applications run with it. Applications with versioned deployment have their connectors to themselves.',
    'Use one version everywhere, or plan the applications separately if they run on different servers.',
  ),
  'MI-REGISTRY-CLASH': entry(
    'warning',
    'Registry path with different content',
    'Two applications write different content to one path of the registry. A server that has both keeps what it deploys last, and the flows of both read it.',
    'Give each its own path, or plan the applications separately if they run on different servers.',
  ),
  'MI-SERVER-CONTENT': entry(
    'warning',
    'File in a server folder is not an artifact',
    'A file in a folder of synapse-configs is not an artifact; the server reports an error for it.',
    'Remove it.',
  ),
  'MI-SERVER-NOT-DELIVERED': entry(
    'warning',
    'File of the old server stays behind',
    'The home of a server has patches or keystores that no package includes, so the new servers run without them.',
    'Put patches into a base image of your own (`BASE_IMAGE`), and keystores into a Secret that `keystores` names.',
  ),
  'MI-TOML-MALFORMED': entry(
    'error',
    'deployment.toml is not valid',
    "It is not TOML, or TOML that MI's parser refuses, such as a file with a byte order mark. No server starts with it. Its listeners and ports were not read, so verdicts may be too lenient.",
    'Correct the file at the given position.',
  ),
  'MI-TOML-DYNAMIC': entry(
    'info',
    'Value known only at server start',
    'A key that determines a verdict or a port contains `$env{…}` or another placeholder.',
    'Write the literal value if it is the same everywhere.',
  ),
  'MI-TOML-TYPE': entry(
    'error',
    'Table instead of text',
    'Micro Integrator expects text at this key of deployment.toml but finds a table or a list.',
    'Write the value as text.',
  ),
  'MI-TOML-IGNORED': entry(
    'warning',
    'Key that MI does not read',
    'A listener key has a different name from the one MI reads, so it has no effect.',
    'Write the key that the message names.',
  ),
  'MI-TOML-PLACE': entry(
    'warning',
    'deployment.toml in the wrong folder',
    'A project has its deployment.toml in the folder `deployment`. This one is elsewhere in the project, so it is not read, and the plan does not know its listeners, data sources and ports.',
    'Move it to deployment/deployment.toml, or pass it as a path.',
  ),
  'MI-XML-MALFORMED': entry(
    'error',
    'Not well-formed XML',
    'No parser reads the file to its end. The build of a project skips such an artifact, and Micro Integrator deploys nothing from an archive that contains one.',
    'Correct the XML at the given position.',
  ),
  'MI-XML-DTD': entry(
    'error',
    'Document type declaration',
    'A DOCTYPE with declarations is not read because its entities can be used to attack the parser.',
    'Remove the DOCTYPE and write the characters literally.',
  ),
  'MI-XML-LIMIT': entry(
    'error',
    'XML exceeds a limit',
    'The file is too long, too deeply nested, or has too many elements or attributes. It is refused to protect the machine that reads it.',
    'Split the file.',
  ),
  'MI-XML-ENCODING': entry(
    'error',
    'Unknown or wrong encoding',
    'The bytes do not match the XML declaration, or its encoding is unknown. The build of a project skips such an artifact, and Micro Integrator deploys nothing from an archive that contains one.',
    'Save the file as UTF-8.',
  ),
  'MI-XML-MEDIATOR': entry(
    'warning',
    'Unknown mediator',
    'Micro Integrator has no mediator of this name. Unless a library adds it, the server undeploys the whole archive, so no pod becomes ready.',
    'Correct the name, or add the library or connector that provides it.',
  ),
  'MI-XML-NAMESPACE': entry(
    'error',
    'Foreign namespace',
    'The element looks like an artifact but is in another namespace. Micro Integrator undeploys the whole archive, so no pod becomes ready. It only skips a template or data service, which is a warning. It deploys message stores, message processors, local entries and inbound endpoints in any namespace.',
    'Use the namespace the message names.',
  ),
  'MI-XML-PARAMETERS': entry(
    'warning',
    'Parameters in a foreign namespace',
    'Micro Integrator deploys message stores, message processors and inbound endpoints in any namespace, but reads only parameters in its own. An inbound endpoint without its parameters makes the archive faulty, which is an error.',
    'Add the namespace that the message names to the root element.',
  ),
  'MI-ZIP-BROKEN': entry(
    'error',
    'Unreadable archive',
    'It is not a ZIP file, or it is truncated or damaged. Its content was not read.',
    'Build or download it again.',
  ),
  'MI-ZIP-PATH': entry(
    'error',
    'Archive entry with a dangerous path',
    'An absolute path, or one with `..`, would be unpacked outside the target folder. The entry is skipped.',
    'Do not deploy this archive.',
  ),
  'MI-ZIP-LIMIT': entry(
    'error',
    'Archive exceeds a limit',
    'It has too many entries, is too large when unpacked, or has a suspicious compression ratio.',
    'Check its origin.',
  ),
  'MI-ZIP-ENCRYPTED': entry(
    'error',
    'Encrypted entry',
    'Java refuses a whole archive if one entry is encrypted, so Micro Integrator does not deploy it.',
    'Pack the archive without a password.',
  ),
  'MI-ZIP-DUPLICATE': entry(
    'warning',
    'Duplicate archive entry',
    'Two entries have the same name. MI unpacks one over the other, so the last one wins.',
    'Build the archive again.',
  ),
  'MI-CAR-NO-ROOT': entry(
    'error',
    'Archive without a descriptor',
    'The archive has no `metadata.xml` or `artifacts.xml` at its top level; MI drops it.',
    'Build it with the Maven plugin; pack the contents of the folder, not the folder itself.',
  ),
  'MI-CAR-DESCRIPTOR': entry(
    'error',
    'Invalid archive descriptor',
    'The descriptor has no `<artifact type="carbon/application">` with a name, or `descriptor.xml` is unusable.',
    'Build the archive again.',
  ),
  'MI-CAR-EMPTY': entry(
    'warning',
    'Archive without artifacts',
    'MI ignores it with a warning.',
    'Add artifacts, or remove it.',
  ),
  'MI-CAR-LISTS-DIFFER': entry(
    'warning',
    'Descriptors differ',
    '`artifacts.xml` and `metadata.xml` differ; MI reads only `metadata.xml`.',
    'Make both the same.',
  ),
  'MI-CAR-UNLISTED': entry(
    'warning',
    'Unlisted artifact',
    'The archive contains its folder, but no descriptor lists this name and version; MI ignores it.',
    'List the artifact, or remove its folder.',
  ),
  'MI-CAR-MISSING-FOLDER': entry(
    'error',
    'Listed artifact without a folder',
    'No folder has the listed name and version. MI drops the whole archive and stays ready.',
    'Make names and versions match, then rebuild.',
  ),
  'MI-CAR-SAME-NAME': entry(
    'error',
    'Two artifacts with the same name and version',
    'MI matches descriptors and folders by name and version, so it deploys only one of them.',
    'Give each a unique name in `artifact.xml`.',
  ),
  'MI-CAR-NO-ROLE': entry(
    'error',
    'No server role',
    'MI fails on an entry without `serverRole`: the whole archive is missing while the server stays ready.',
    'Add `serverRole="EnterpriseIntegrator"`.',
  ),
  'MI-CAR-ROLE': entry(
    'warning',
    'Custom server role',
    'A server with the default roles silently skips the artifact.',
    'Start its servers with `-DserverRoles=…`; `mi-patterns package` and the chart do this for you.',
  ),
  'MI-CAR-STRAY': entry(
    'warning',
    'Archive inside an archive',
    'MI deploys inner archives only from `dependencies/` of a fat archive.',
    'Remove or move it.',
  ),
  'MI-CAR-UNKNOWN-TYPE': entry(
    'warning',
    'Type not deployed by MI',
    'MI silently skips the artifact.',
    'Correct the type in `artifact.xml`, or remove it.',
  ),
  'MI-CAR-NO-FILE': entry(
    'error',
    'Artifact without a file',
    '`artifact.xml` names a file that the archive does not contain.',
    'Build the archive again.',
  ),
  'MI-CAR-FILES': entry(
    'error',
    'Artifact with several files',
    'MI deploys only artifacts with one file.',
    'Split it.',
  ),
  'MI-CAR-CONTENT': entry(
    'error',
    'File of the wrong kind',
    'The file does not match its declared type; MI drops the archive, or deploys the file as something else.',
    'Correct the file or the type.',
  ),
  'MI-PROPERTIES-ESCAPE': entry(
    'error',
    'Malformed escape in a properties file',
    'A `\\u` is not followed by four hexadecimal digits, so Java refuses the whole `config.properties` or `file.properties`.',
    'Double each literal backslash, or use `/` in paths.',
  ),
  'MI-CAR-NO-DIRECTORY': entry(
    'error',
    'Archive without folder entries',
    'MI cannot unpack an archive that lacks a folder entry before the files in that folder.',
    'Pack it with folder entries (`zip -r`, not `zip -D`).',
  ),
  ...projectCatalogue,
} satisfies Readonly<Record<string, CodeEntry>>;

/** A finding of this package. */
export const finding = findingMaker(inventoryCatalogue);

/** What a finding says; where it is comes apart. */
export interface Words extends Pick<Diagnostic, 'message' | 'hint'> {
  readonly code: keyof typeof inventoryCatalogue;
  /** Where it differs from that of the code. */
  readonly severity?: Severity;
}

/** A finding with its words in one record. */
export function findingOf({ code, severity, message, hint }: Words, source?: Source): Diagnostic {
  const usual = finding(code, message, hint, source);
  return severity === undefined ? usual : { ...usual, severity };
}

declare module '../model/diagnostic.ts' {
  // oxlint-disable-next-line typescript/no-empty-object-type -- adds the codes above
  interface DiagnosticCodes extends Readonly<Record<keyof typeof inventoryCatalogue, true>> {}
}
