export * from './diagnostic.ts';
export type * from './model.ts';
export { type EntryPointKind, isArtifactKind, isEntryPoint, kindNames, kindRow } from './artifact-kinds.ts';
export { foreignPattern } from './foreign-pattern.ts';
export { hiddenValue, isSecretName, withoutCredentials } from './credentials.ts';
export { readNamedFile, readRegularFile } from './bounded-file.ts';
export { redact, redactCommand } from './redact.ts';
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
} from './temporary.ts';
export { homeFolder } from './home.ts';
export { type UniqueNames, uniqueNames } from './unique-names.ts';
export { addTo, groupBy } from './containers/group.ts';
export { counted, grouped } from './counted.ts';
export { printable, printableLines } from './printable.ts';
export { InputError, isInputError } from './input-error.ts';
export { defaultLimits } from './limits.ts';
export type { Limits } from './limits.ts';
export { artifactPaths } from './artifact-paths.ts';
export { inventoryDigest } from './digest.ts';
export { readInventory, type ReadOptions } from './read-inventory.ts';
export { readBackArchives } from './read-back.ts';
export { imageReference, relativePath, withImagePath } from './image/paths.ts';
export type { Descriptor, ImageSource, OpenRegistryImage } from './image/source.ts';
export { openImage } from './image/open-image.ts';
export { type ImageFile, readImageFiles } from './image/image-files.ts';
export { imageFault } from './image/fault.ts';
export type * from './artifact/parsed.ts';
export { readCron } from './artifact/cron.ts';
export { embeddedDatabase, isDynamic } from './artifact/values.ts';
export { isBuiltinClass } from './references/names.ts';
export { publicPaths } from './references/public-paths.ts';
export { withServedPorts } from './references/served-ports.ts';
export { registryPath } from './references/registry-path.ts';
export { decodeXml } from './xml/decode.ts';
export { readXml } from './xml/read.ts';
export { attribute, attributeValue, childrenNamed, readXmlTree, type XmlNode } from './xml/tree.ts';
export { versionOfImage } from './containers/base-image.ts';
export { runtimeVersionPattern } from './containers/project.ts';
export { readDeploymentToml, readServerDocument } from './containers/deployment-toml.ts';
export { defaultServerRoles, deployedType } from './containers/types.ts';
export { packageManifest } from './containers/own-package.ts';
export { defaultOffset, miPorts } from './mi-ports.ts';
export { compareVersions, miFeatures, miHas } from './mi-features.ts';
export { inventoryCatalogue } from './catalogue.ts';
// What writing an archive needs of reading one.
export { type ByteSource } from './containers/byte-source.ts';
export { type Context } from './containers/draft.ts';
export { type Element } from './containers/markup.ts';
export { readPom } from './containers/pom.ts';
export { artifactElements, placesOf } from './containers/project-registry.ts';
export { type RegistryEntry, registryEntries } from './containers/registry.ts';
export { type CentralEntry, ZipProblem, dataPosition } from './containers/zip-directory.ts';
export { ArchiveFault, openZip, wrongPath } from './containers/zip.ts';
export { withoutTrailingSlashes } from './slashes.ts';
export { hasNameOfItsOwn } from './versioned-names.ts';
