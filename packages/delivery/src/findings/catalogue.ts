import {
  type CodeEntry,
  describedCode as entry,
  type Diagnostic,
  findingMaker,
  type Source,
} from '@mi-patterns/inventory';
import { archiveCatalogue, type ArchiveCode } from './catalogue-archive.ts';

const credentials = entry(
  'error',
  'Registry credentials cannot be read',
  'The file or credential helper in which docker or podman keeps the login of the registry cannot be used.',
  'Correct it, or log in again.',
);
const unreachable = entry(
  'error',
  'The registry cannot be reached',
  'It does not answer, or its certificate is not trusted.',
  'Check the name and the network. Set `NODE_EXTRA_CA_CERTS` for a private certificate authority; use `--plain-http` for a registry without TLS.',
);

/** Every code of this package with its meaning and way out. Permanent: never reuse one, never change what one means. */
export const deliveryCatalogue = {
  ...archiveCatalogue,
  'MI-PKG-LIBRARIES': entry(
    'warning',
    'Image needs more libraries',
    'Artifacts need JAR files that no archive contains.',
    'Put them where the hint says before you build the image.',
  ),
  'MI-PKG-LIBRARY-CLASH': entry(
    'warning',
    'Libraries of one name',
    'JAR files with the same name but different content belong into `lib/` of one image, which holds only one of them.',
    'Keep the one that everything works with, or give them different names.',
  ),
  'MI-PKG-DOCKERFILE': entry(
    'warning',
    "The project's Dockerfile is not used",
    "The package has its own Dockerfile. Its image lacks whatever the project's Dockerfile adds besides archives and libraries.",
    'Use an image built with these lines as BASE_IMAGE, or add them to a Dockerfile that starts from the packaged image.',
  ),
  'MI-PKG-TOML': entry(
    'warning',
    'No deployment.toml for the image',
    'The pods use the deployment.toml of the image, but the projects provide none, or more than one.',
    'Put the file into the `deployment/` folder of one project.',
  ),
  'MI-PKG-READ-BACK': entry(
    'error',
    'The written package is not correct',
    'Before a package is kept, its archives, ConfigMaps and Dockerfile are read again. Something in them was missing or wrong, so nothing was written.',
    'Check the name of the artifact; if it is plain, report this as a bug in mi-patterns.',
  ),
  'MI-PKG-FAT': entry(
    'error',
    'Archives that this MI version skips',
    'MI 4.5 and later deploy the archives inside a fat archive; older versions skip them silently.',
    'Use MI 4.5 or later, or pass the inner archives as separate files.',
  ),
  'MI-PKG-CONFIGMAP-SIZE': entry(
    'error',
    'Archive too large for a ConfigMap',
    'A ConfigMap can hold at most 1 MiB.',
    'Deliver the archive in the image, or as an image volume.',
  ),
  'MI-PKG-IMAGE': entry(
    'error',
    'An image cannot be packed',
    '`package` does not pack the archives of one image into another.',
    '`package --from IMAGE` adds one layer to the image instead; `generate --no-package` leaves packages out.',
  ),
  'MI-PKG-SERVER-FILES': entry(
    'error',
    'Stateful artifact outside an archive',
    'It is in `synapse-configs` or another server folder, where no server role can stop it from running in every pod.',
    'Pack it into an archive in `carbonapps`.',
  ),
  'MI-PULL-CREDENTIALS': credentials,
  'MI-PULL-DESTINATION': entry(
    'error',
    'Invalid image reference',
    'The text after `oci:` is not the name of an image in a registry.',
    'Give `oci:REGISTRY/REPOSITORY:TAG` or `oci:REGISTRY/REPOSITORY@sha256:…`.',
  ),
  'MI-PULL-REFUSED': entry(
    'error',
    'The registry refused the pull',
    'The registry answered, but did not return the image.',
    'Follow its message, or save the image with another tool and read it as `oci-archive:FILE`.',
  ),
  'MI-PULL-UNAUTHORIZED': entry(
    'error',
    'The registry refused the login',
    'The registry or its token service requires a login, or a different one.',
    '`docker login REGISTRY` or `podman login REGISTRY` with a user who may pull from there.',
  ),
  'MI-PULL-UNREACHABLE': unreachable,
  'MI-PUSH-DESTINATION': entry(
    'error',
    'Invalid push destination',
    'The value of `--push` or `artifacts.imageVolume.reference` is not a repository of an OCI registry.',
    'Give `REGISTRY/REPOSITORY` or `REGISTRY/REPOSITORY:TAG`.',
  ),
  'MI-PUSH-CREDENTIALS': credentials,
  'MI-PUSH-UNAUTHORIZED': entry(
    'error',
    'The registry refused the login',
    'The registry or its token service requires a login, or a different one.',
    '`docker login REGISTRY` or `podman login REGISTRY` with a user who may push there.',
  ),
  'MI-PUSH-UNREACHABLE': unreachable,
  'MI-PUSH-REFUSED': entry(
    'error',
    'The registry refused the push',
    'The registry rejected or altered part of the upload.',
    'Follow its message, or push the layout in the package with `oras`, `crane` or `skopeo`.',
  ),
} satisfies Readonly<Record<string, CodeEntry>>;

export type DeliveryCode = keyof typeof deliveryCatalogue;

/** A finding of this package. */
export const finding = findingMaker(deliveryCatalogue);

/** A finding of the archive writer, with the way out of its code; a path alone stands for its start. */
export function archiveFinding(code: ArchiveCode, place: Source | string, message: string): Diagnostic {
  const source = typeof place === 'string' ? { path: place, line: 1, column: 1 } : place;
  return finding(code, message, archiveCatalogue[code].fix, source);
}

declare module '@mi-patterns/inventory' {
  // oxlint-disable-next-line typescript/no-empty-object-type -- adds the codes above
  interface DiagnosticCodes extends Readonly<Record<keyof typeof deliveryCatalogue, true>> {}
}
