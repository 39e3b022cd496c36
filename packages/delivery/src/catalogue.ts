import type { CodeEntry } from '@mi-patterns/inventory';
import { archiveCatalogue } from './archive/findings.ts';

/** Every code of this package with its meaning and way out. Permanent: never reuse one, never change what one means. */
export const deliveryCatalogue = {
  ...archiveCatalogue,
  'MI-PKG-LIBRARIES': {
    severity: 'warning',
    title: 'Image needs more libraries',
    meaning: 'Artifacts need JAR files that no archive contains.',
    fix: 'Put them where the hint says before you build the image.',
  },
  'MI-PKG-LIBRARY-CLASH': {
    severity: 'warning',
    title: 'Libraries of one name',
    meaning:
      'JAR files with the same name but different content belong into `lib/` of one image, which holds only one of them.',
    fix: 'Keep the one that everything works with, or give them different names.',
  },
  'MI-PKG-DOCKERFILE': {
    severity: 'warning',
    title: "The project's Dockerfile is not used",
    meaning:
      "The package has its own Dockerfile. Its image lacks whatever the project's Dockerfile adds besides archives and libraries.",
    fix: 'Use an image built with these lines as BASE_IMAGE, or add them to a Dockerfile that starts from the packaged image.',
  },
  'MI-PKG-TOML': {
    severity: 'warning',
    title: 'No deployment.toml for the image',
    meaning: 'The pods use the deployment.toml of the image, but the projects provide none, or more than one.',
    fix: 'Put the file into the `deployment/` folder of one project.',
  },
  'MI-PKG-READ-BACK': {
    severity: 'error',
    title: 'The written package is not correct',
    meaning:
      'Before a package is kept, its archives, ConfigMaps and Dockerfile are read again. Something in them was missing or wrong, so nothing was written.',
    fix: 'Check the name of the artifact; if it is plain, report this as a bug in mi-patterns.',
  },
  'MI-PKG-FAT': {
    severity: 'error',
    title: 'Archives that this MI version skips',
    meaning: 'MI 4.5 and later deploy the archives inside a fat archive; older versions skip them silently.',
    fix: 'Use MI 4.5 or later, or pass the inner archives as separate files.',
  },
  'MI-PKG-CONFIGMAP-SIZE': {
    severity: 'error',
    title: 'Archive too large for a ConfigMap',
    meaning: 'A ConfigMap can hold at most 1 MiB.',
    fix: 'Deliver the archive in the image, or as an image volume.',
  },
  'MI-PKG-IMAGE': {
    severity: 'error',
    title: 'An image cannot be packed',
    meaning: '`package` does not pack the archives of one image into another.',
    fix: '`package --from IMAGE` adds one layer to the image instead; `generate --no-package` leaves packages out.',
  },
  'MI-PKG-SERVER-FILES': {
    severity: 'error',
    title: 'Stateful artifact outside an archive',
    meaning:
      'It is in `synapse-configs` or another server folder, where no server role can stop it from running in every pod.',
    fix: 'Pack it into an archive in `carbonapps`.',
  },
  'MI-PULL-CREDENTIALS': {
    severity: 'error',
    title: 'Registry credentials cannot be read',
    meaning: 'The file or credential helper in which docker or podman keeps the login of the registry cannot be used.',
    fix: 'Correct it, or log in again.',
  },
  'MI-PULL-DESTINATION': {
    severity: 'error',
    title: 'Invalid image reference',
    meaning: 'The text after `oci:` is not the name of an image in a registry.',
    fix: 'Give `oci:REGISTRY/REPOSITORY:TAG` or `oci:REGISTRY/REPOSITORY@sha256:…`.',
  },
  'MI-PULL-REFUSED': {
    severity: 'error',
    title: 'The registry refused the pull',
    meaning: 'The registry answered, but did not return the image.',
    fix: 'Follow its message, or save the image with another tool and read it as `oci-archive:FILE`.',
  },
  'MI-PULL-UNAUTHORIZED': {
    severity: 'error',
    title: 'The registry refused the login',
    meaning: 'The registry or its token service requires a login, or a different one.',
    fix: '`docker login REGISTRY` or `podman login REGISTRY` with a user who may pull from there.',
  },
  'MI-PULL-UNREACHABLE': {
    severity: 'error',
    title: 'The registry cannot be reached',
    meaning: 'It does not answer, or its certificate is not trusted.',
    fix: 'Check the name and the network. Set `NODE_EXTRA_CA_CERTS` for a private certificate authority; use `--plain-http` for a registry without TLS.',
  },
  'MI-PUSH-DESTINATION': {
    severity: 'error',
    title: 'Invalid push destination',
    meaning: 'The value of `--push` or `artifacts.imageVolume.reference` is not a repository of an OCI registry.',
    fix: 'Give `REGISTRY/REPOSITORY` or `REGISTRY/REPOSITORY:TAG`.',
  },
  'MI-PUSH-CREDENTIALS': {
    severity: 'error',
    title: 'Registry credentials cannot be read',
    meaning: 'The file or credential helper in which docker or podman keeps the login of the registry cannot be used.',
    fix: 'Correct it, or log in again.',
  },
  'MI-PUSH-UNAUTHORIZED': {
    severity: 'error',
    title: 'The registry refused the login',
    meaning: 'The registry or its token service requires a login, or a different one.',
    fix: '`docker login REGISTRY` or `podman login REGISTRY` with a user who may push there.',
  },
  'MI-PUSH-UNREACHABLE': {
    severity: 'error',
    title: 'The registry cannot be reached',
    meaning: 'It does not answer, or its certificate is not trusted.',
    fix: 'Check the name and the network. Set `NODE_EXTRA_CA_CERTS` for a private certificate authority; use `--plain-http` for a registry without TLS.',
  },
  'MI-PUSH-REFUSED': {
    severity: 'error',
    title: 'The registry refused the push',
    meaning: 'The registry rejected or altered part of the upload.',
    fix: 'Follow its message, or push the layout in the package with `oras`, `crane` or `skopeo`.',
  },
} satisfies Readonly<Record<string, CodeEntry>>;

declare module '@mi-patterns/inventory' {
  // oxlint-disable-next-line typescript/no-empty-object-type -- adds the codes above
  interface DiagnosticCodes extends Readonly<Record<keyof typeof deliveryCatalogue, true>> {}
}
