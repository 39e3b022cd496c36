export { guardInImage } from './package/archive-source.ts';
export {
  destinationsOf,
  type EnvironmentPackages,
  lacksArchives,
  packageFor,
  pointAtPackage,
  type PackagesRequest,
  waitsForPackage,
} from './package/for-environments.ts';
export { type ImagePackage, packageImage } from './package/from-image.ts';
export { type PackageFormat, type PackageOptions, type PackageResult, writePackage } from './package/write-package.ts';
export { parseDestination } from './registry/destination.ts';
export { isRegistryFailure } from './registry/failure.ts';
export { pushTo } from './registry/push-volumes.ts';
export { registryImages } from './registry/registry-image.ts';
export { deliveryCatalogue } from './findings/catalogue.ts';
