export * from './model/diagnostic.ts';
export type * from './model/inventory.ts';
export { type EntryPointKind, isArtifactKind, isEntryPoint, kindNames, kindRow } from './model/artifact-kinds.ts';
export { foreignPattern } from './text/foreign-pattern.ts';
export { beforePass, hiddenValue, isSecretName, withoutCredentials } from './text/credentials.ts';
export { readNamedFile, readRegularFile } from './files/bounded-file.ts';
export { redact, redactCommand } from './text/redact.ts';
export {
  forgetTemporary,
  isEnding,
  isTemporary,
  makeOurFolder,
  noTemporaryFolder,
  removeLeftOvers,
  startWithUs,
  temporaryBeside,
  temporaryFolder,
  writeTemporary,
} from './files/temporary.ts';
export { homeFolder } from './files/home.ts';
export { makeFolders } from './files/make-folders.ts';
export { makeRoom } from './files/make-room.ts';
export { withoutWaiting } from './files/without-waiting.ts';
export { type UniqueNames, uniqueNames } from './text/unique-names.ts';
export { addTo, distinctBy, groupBy } from './model/group.ts';
export { counted, grouped } from './text/counted.ts';
export { printable, printableLines } from './text/printable.ts';
export { InputError, isInputError } from './files/input-error.ts';
export { defaultLimits } from './files/limits.ts';
export type { Limits } from './files/limits.ts';
export { artifactPaths } from './artifact-paths.ts';
export { inventoryDigest } from './digest.ts';
export { readInventory, type ReadOptions } from './read-inventory.ts';
export { createFilesRead } from './containers/files-read.ts';
export type { FileRead, FilesRead } from './containers/files-read.ts';
export { readBackArchive, type WrittenArchive } from './read-back.ts';
export { imageReference, isBelow, packageFolder, relativePath, withImagePath } from './image/paths.ts';
export type { Descriptor, ImageSource, OpenRegistryImage } from './image/source.ts';
export { openImage } from './image/open-image.ts';
export { type ImageFile, readImageFiles } from './image/image-files.ts';
export { imageFault } from './image/fault.ts';
export type * from './artifact/parsed.ts';
export { readCron } from './artifact/cron.ts';
export { taskClasses } from './artifact/entry-checks.ts';
export { embeddedDatabase, isDynamic, isNoUri } from './artifact/values.ts';
export { isBuiltinClass } from './references/names.ts';
export { publicPaths } from './references/public-paths.ts';
export { namesOnly } from './artifact/reference-table.ts';
export { looksByName, withServedDataSources } from './references/served-data-sources.ts';
export { withServedPorts } from './references/served-ports.ts';
export { registryPath } from './references/registry-path.ts';
export { decodeXml } from './xml/decode.ts';
export { readXml } from './xml/read.ts';
export { attribute, attributeValue, childrenNamed, readXmlTree, type XmlNode } from './xml/tree.ts';
export { versionOfImage } from './containers/base-image.ts';
export { type Instruction, readInstructions } from './containers/dockerfile.ts';
export { runtimeVersionPattern } from './containers/project.ts';
export { readDeploymentToml, readServerDocument } from './containers/deployment-toml.ts';
export { defaultServerRoles, deployedType } from './containers/types.ts';
export { packageManifest } from './containers/own-package.ts';
export { defaultOffset, miPorts } from './model/mi-ports.ts';
export { compareVersions, miFeatures, miHas } from './model/mi-features.ts';
export { inventoryCatalogue } from './findings/catalogue.ts';
// What writing an archive needs of reading one.
export { type ByteSource } from './files/byte-source.ts';
export { newContext } from './containers/draft.ts';
export { type Element } from './containers/markup.ts';
export { readPom } from './containers/pom.ts';
export { artifactElements, placesOf } from './containers/project-registry.ts';
export { type RegistryEntry, registryEntries } from './containers/registry.ts';
export { type CentralEntry, ZipProblem, dataPosition } from './containers/zip-directory.ts';
export { ArchiveFault, openZip, wrongPath } from './containers/zip.ts';
export { editDistance, folded } from './text/edit-distance.ts';
export { ownValue } from './text/own-value.ts';
export { withoutTrailingSlashes } from './text/slashes.ts';
export { idleFiles, isDeployed, serverFilesOf } from './model/is-deployed.ts';
export { hasNameOfItsOwn, podConfigurations } from './model/versioned-names.ts';
