import type { Severity } from '@mi-patterns/inventory';

interface Entry {
  readonly severity: Severity;
  readonly title: string;
  readonly meaning: string;
  readonly fix: string;
}

/** Codes of the command itself. Permanent: never reuse one, never change what one means. */
export const commandCatalogue = {
  'MI-CLI-USAGE': {
    severity: 'error',
    title: 'Wrong use',
    meaning: 'A command, option or value is unknown or missing.',
    fix: '`mi-patterns --help` lists the commands, `mi-patterns COMMAND --help` their options.',
  },
  'MI-FILE': {
    severity: 'error',
    title: 'File that cannot be used',
    meaning:
      'A file named on the command line or in the configuration does not exist, may not be read, or is a folder.',
    fix: 'Check the path and its permissions.',
  },
  'MI-EXPLAIN-UNKNOWN': {
    severity: 'error',
    title: 'No such artifact',
    meaning: 'No artifact has the name given to `explain`.',
    fix: 'Use a name that `mi-patterns scan` prints.',
  },
  'MI-EXPLAIN-AMBIGUOUS': {
    severity: 'error',
    title: 'Several artifacts of that name',
    meaning: 'The name given to `explain` fits several kinds.',
    fix: 'Give the id, `task/nightly` for instance.',
  },
  'MI-PKG-LIBRARIES': {
    severity: 'warning',
    title: 'Libraries that the image needs',
    meaning: 'JAR files that artifacts need are not in any archive.',
    fix: 'Put them where the hint says before the image is built.',
  },
  'MI-VALUES-STALE': {
    severity: 'error',
    title: 'Values made from older artifacts',
    meaning:
      'The header of a generated values file holds the digest of the artifacts it was made from. They have changed since: a task that was added would run in no pod, or in all.',
    fix: 'Run `mi-patterns generate`.',
  },
  'MI-GENERATE-STALE': {
    severity: 'error',
    title: 'Generated file that is out of date',
    meaning:
      'What `generate` would write differs from what is there: artifacts, configuration or the version of mi-patterns have changed since. A task that was added since then would run in no pod.',
    fix: 'Run `mi-patterns generate` and commit what it writes.',
  },
  'MI-PKG-RUNTIME': {
    severity: 'warning',
    title: 'Older Micro Integrator than the project is written for',
    meaning: 'The configuration or the values name an older version than a project does.',
    fix: 'Use the version that the project names, or test the project with the older one.',
  },
  'MI-PKG-RUNTIME-ASSUMED': {
    severity: 'info',
    title: 'Version of Micro Integrator that nothing names',
    meaning:
      'Neither the configuration, the values, a pom nor a Dockerfile names a version, so the newest was assumed.',
    fix: 'Name it under `runtime.version`: it decides the user, the home folder and the Java version.',
  },
  'MI-PKG-DOCKERFILE': {
    severity: 'warning',
    title: 'Dockerfile of the project that is not used',
    meaning:
      'The package has a Dockerfile of its own; what the Dockerfile of the project adds beyond archives and libraries is not in its image.',
    fix: 'Use an image with these lines as BASE_IMAGE, or carry them over into a Dockerfile that starts from the image of the package.',
  },
  'MI-PKG-TOML': {
    severity: 'warning',
    title: 'No deployment.toml for the image',
    meaning: 'The pods take deployment.toml from the image, but there is none, or more than one, to put into it.',
    fix: 'Put the file into `deployment/` of one project.',
  },
  'MI-PKG-NO-IMAGE': {
    severity: 'warning',
    title: 'No image of your own',
    meaning:
      "Where neither the configuration nor the values name an image, the chart takes WSO2's own, which has none of the artifacts.",
    fix: 'Build and push the image that the package describes, and name it under `image`.',
  },
  'MI-PKG-READ-BACK': {
    severity: 'error',
    title: 'Package that does not read back',
    meaning:
      'Archives, ConfigMaps and the Dockerfile are read again before they are called written. Something was missing or wrong in them, so nothing was written.',
    fix: 'Look at the name of the artifact; otherwise report it as a fault of mi-patterns.',
  },
  'MI-PKG-FAT': {
    severity: 'error',
    title: 'Archives that this version leaves out',
    meaning:
      'MI deploys the archives inside of a fat archive from 4.5 on; an older one leaves them out and says nothing.',
    fix: 'Use MI 4.5 or later, or give the archives beside it.',
  },
  'MI-PKG-CONFIGMAP-SIZE': {
    severity: 'error',
    title: 'Archive too large for a ConfigMap',
    meaning: 'Kubernetes takes ConfigMaps of at most 1 MiB.',
    fix: 'Deliver the archive in the image, or as an image volume.',
  },
  'MI-PKG-IMAGE': {
    severity: 'error',
    title: 'Image where sources are packed',
    meaning: 'The archives of an image are not packed into another image.',
    fix: '`package --from IMAGE` adds one layer to the image instead; `generate --no-package` leaves packages out.',
  },
  'MI-PKG-SERVER-FILES': {
    severity: 'error',
    title: 'Stateful artifact outside of an archive',
    meaning:
      'It lies in `synapse-configs` or another folder of the server, where no server role can keep it from running in every pod.',
    fix: 'Pack it in an archive in `carbonapps`.',
  },
  'MI-PULL-CREDENTIALS': {
    severity: 'error',
    title: 'Logins that cannot be read',
    meaning: 'The file or the helper where docker or podman keep the login of the registry cannot be used.',
    fix: 'Correct it, or log in again.',
  },
  'MI-PULL-DESTINATION': {
    severity: 'error',
    title: 'No reference to an image',
    meaning: 'What follows `oci:` is no name of an image in a registry.',
    fix: 'Give `oci:REGISTRY/REPOSITORY:TAG` or `oci:REGISTRY/REPOSITORY@sha256:…`.',
  },
  'MI-PULL-REFUSED': {
    severity: 'error',
    title: 'Pull that a registry refuses',
    meaning: 'The registry answered, but does not give the image.',
    fix: 'Do what its message says, or save the image with another tool and read it as `oci-archive:FILE`.',
  },
  'MI-PULL-UNAUTHORIZED': {
    severity: 'error',
    title: 'Registry that refuses the login',
    meaning: 'The registry or its token service wants a login, or another one.',
    fix: '`docker login REGISTRY` or `podman login REGISTRY` with a user who may pull from there.',
  },
  'MI-PULL-UNREACHABLE': {
    severity: 'error',
    title: 'Registry that cannot be reached',
    meaning: 'There is no answer, or no trusted certificate.',
    fix: 'Check name and network, `NODE_EXTRA_CA_CERTS` for an authority of your own, `--plain-http` for a registry without TLS.',
  },
  'MI-PUSH-DESTINATION': {
    severity: 'error',
    title: 'No place in a registry',
    meaning: 'What `--push` or `artifacts.imageVolume.reference` names is no repository of an OCI registry.',
    fix: 'Give `REGISTRY/REPOSITORY` or `REGISTRY/REPOSITORY:TAG`.',
  },
  'MI-PUSH-CREDENTIALS': {
    severity: 'error',
    title: 'Logins that cannot be read',
    meaning: 'The file or the helper where docker or podman keep the login of the registry cannot be used.',
    fix: 'Correct it, or log in again.',
  },
  'MI-PUSH-UNAUTHORIZED': {
    severity: 'error',
    title: 'Registry that refuses the login',
    meaning: 'The registry or its token service wants a login, or another one.',
    fix: '`docker login REGISTRY` or `podman login REGISTRY` with a user who may push there.',
  },
  'MI-PUSH-UNREACHABLE': {
    severity: 'error',
    title: 'Registry that cannot be reached',
    meaning: 'There is no answer, or no trusted certificate.',
    fix: 'Check name and network, `NODE_EXTRA_CA_CERTS` for an authority of your own, `--plain-http` for a registry without TLS.',
  },
  'MI-PUSH-REFUSED': {
    severity: 'error',
    title: 'Push that a registry refuses',
    meaning: 'The registry answered, and took something not or changed it.',
    fix: 'Do what its message says; `oras`, `crane` or `skopeo` can push the layout in the package too.',
  },
  'MI-ROLLOUT-APPROVAL': {
    severity: 'error',
    title: 'Approval that is missing',
    meaning: 'The environment asks for an approval of its own; `--yes` alone does not give it.',
    fix: 'Give `--approve NAME`; the name is recorded.',
  },
  'MI-PROMOTE-SELF': {
    severity: 'error',
    title: 'Environment promoted to itself',
    meaning: 'Source and target are the same environment.',
    fix: 'Name the environment before it.',
  },
  'MI-PROMOTE-NOTHING': {
    severity: 'error',
    title: 'Nothing to promote',
    meaning: 'No rollout to the source environment is recorded.',
    fix: 'Roll out to it first.',
  },
  'MI-PROMOTE-CHANGED': {
    severity: 'error',
    title: 'Source that has changed',
    meaning: 'The source environment does not run the last rollout that succeeded.',
    fix: 'Roll out to it again, then promote.',
  },
  'MI-PROMOTE-PARTIAL': {
    severity: 'error',
    title: 'Rollout of one workload only',
    meaning: 'What the source environment runs comes from two plans.',
    fix: 'Roll out all of it, then promote.',
  },
  'MI-PROMOTE-DIFFERENT': {
    severity: 'error',
    title: 'Other artifacts',
    meaning: 'The artifacts here are not those that the source environment runs.',
    fix: 'Check out the commit that was rolled out there.',
  },
  'MI-PROMOTE-NO-DIGEST': {
    severity: 'error',
    title: 'Image without a digest',
    meaning: 'The nodes told no digest, so the image cannot be named exactly.',
    fix: 'Push it to a registry and roll out from there, or set `image.digest`.',
  },
  'MI-PROMOTE-CHART': {
    severity: 'error',
    title: 'Another chart',
    meaning: 'The chart here is not the one that the source environment runs.',
    fix: 'Use the chart of that version.',
  },
  'MI-PROMOTE-OVERRIDDEN': {
    severity: 'error',
    title: 'Digest set by a values file',
    meaning: 'A values file sets an `image.digest` that the source environment does not run.',
    fix: 'Remove `image.digest` from the values files.',
  },
  'MI-INIT-EXISTS': {
    severity: 'error',
    title: 'Configuration that exists',
    meaning: '`init` never overwrites a file.',
    fix: 'Edit it, or move it away first.',
  },
  'MI-INTERNAL': {
    severity: 'error',
    title: 'Fault of mi-patterns',
    meaning: 'Something happened that must not happen.',
    fix: 'Run it again with `--verbose` and report what it prints.',
  },
} as const satisfies Readonly<Record<string, Entry>>;
