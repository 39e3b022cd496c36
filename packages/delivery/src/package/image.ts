import type { GuardFile } from './guard.ts';
import type { LibraryFolder } from './libraries.ts';
import { defaultServerRoles, miHas, packageFolder } from '@mi-patterns/inventory';

/** What an image of Micro Integrator is built from. */
export interface ImageContents {
  /** Name and version for the labels; the version may be empty. */
  readonly name: string;
  readonly version: string;
  readonly runtimeVersion: string;
  /** Server roles that artifacts of the image carry beyond MI's own, sorted. */
  readonly roles: readonly string[];
  /** File names in `carbonapps/`. */
  readonly archives: readonly string[];
  /** Folders of MI's home that get JARs. */
  readonly libraries: readonly LibraryFolder[];
  /** Path of the project's deployment.toml, where it goes into the image (`runtime.deploymentTomlFrom: image`). */
  readonly deploymentToml?: string;
  /**
   * `selection`: the archives of every workload lie in a folder of its own, from which an init container copies them.
   */
  readonly layout: 'deployed' | 'selection';
  /**
   * Files of lease-guard, which keeps fenced workloads to one active pod; none where the command was built without it.
   */
  readonly guard?: readonly Pick<GuardFile, 'name'>[];
}

/** Label with the roles of an image, comma-separated. */
export const rolesLabel = 'mi-patterns.io/server-roles';
export const archivesLabel = 'mi-patterns.io/archives';

/** Folder in an image of all workloads that holds the archives of one. */
export function selectionFolder(workload: string): string {
  return `${packageFolder}/archives/${workload}`;
}

/**
 * User and group of the image: 802 up to MI 4.3, 10802 from 4.4 (wso2/docker-ei,
 * dockerfiles/ubuntu/micro-integrator/Dockerfile per branch).
 */
function userOf(runtimeVersion: string): number {
  return miHas(runtimeVersion, 'imageUser10802') ? 10_802 : 802;
}

/** Labels of an image or volume, in the order of their names. */
export function labelsOf({
  name,
  version,
  roles,
  archives,
}: Pick<ImageContents, 'name' | 'version' | 'roles' | 'archives'>): Readonly<Record<string, string>> {
  return {
    [archivesLabel]: archives.join(','),
    [rolesLabel]: roles.join(','),
    'org.opencontainers.image.title': name,
    ...(version === '' ? {} : { 'org.opencontainers.image.version': version }),
  };
}

/**
 * A Dockerfile that adds archives to an image of Micro Integrator. One stage, no root, and nothing that a builder
 * without BuildKit lacks. A base image with another user is told with `--build-arg USER_ID`; everybody may read what is
 * added.
 */
export function dockerfile(contents: ImageContents): string {
  const user = userOf(contents.runtimeVersion);
  const labels = Object.entries(labelsOf(contents)).map(
    ([name, value]) => `${name}=${JSON.stringify(value).replaceAll('$', '\\$')}`,
  );
  const copy = (what: string, to: string): string => `COPY --chown=${user}:${user} ${what} ${to}`;
  return [
    '# Made by mi-patterns package. Change the project or mi-patterns.yaml, not this file.',
    `ARG BASE_IMAGE=wso2/wso2mi:${contents.runtimeVersion}`,
    'FROM ${BASE_IMAGE}',
    '',
    `ARG USER_ID=${user}`,
    `ARG MI_HOME=/home/wso2carbon/wso2mi-${contents.runtimeVersion.replace(/^(\d+\.\d+\.\d+)\..*$/, '$1')}`,
    `LABEL ${labels.join(' \\\n      ')}`,
    '',
    ...contents.libraries.map((folder) => copy(`${folder}/`, `\${MI_HOME}/${folder}/`)),
    ...(contents.deploymentToml !== undefined ? [copy('conf/', '${MI_HOME}/conf/')] : []),
    contents.layout === 'deployed'
      ? copy('carbonapps/', '${MI_HOME}/repository/deployment/server/carbonapps/')
      : copy('archives/', `${packageFolder}/archives/`),
    copy(
      ['entrypoint.sh', 'roles.json', ...(contents.guard ?? []).map(({ name }) => name)].join(' '),
      `${packageFolder}/`,
    ),
    '',
    'USER ${USER_ID}',
    `ENTRYPOINT ["/bin/sh", "${packageFolder}/entrypoint.sh"]`,
    '',
  ].join('\n');
}

/**
 * A Dockerfile that makes the image fit OpenShift's restricted SCC, which runs it as any user id, always in group 0:
 * the group may then write MI's home. It starts from the built image, because the change copies the whole home into a
 * layer.
 */
export function openShiftDockerfile({ runtimeVersion }: Pick<ImageContents, 'runtimeVersion'>): string {
  return [
    "# Made by mi-patterns package. Only for OpenShift, where the user id is not known before: lets group 0 write MI's home.",
    '# docker build --file Dockerfile.openshift --build-arg IMAGE=REGISTRY/NAME:TAG --tag REGISTRY/NAME:TAG-openshift .',
    'ARG IMAGE',
    'FROM ${IMAGE}',
    'USER root',
    'RUN chgrp -R 0 /home/wso2carbon && chmod -R g=u /home/wso2carbon',
    `USER ${userOf(runtimeVersion)}`,
    '',
  ].join('\n');
}

/** Only what the Dockerfile copies goes to the builder. */
export const dockerignore =
  '*\n!archives\n!carbonapps\n!conf\n!dropins\n!lib\n!entrypoint.sh\n!roles.json\n!lease-guard*\n';

/** An image that holds the archives of all workloads deploys none of them by itself: they have artifacts in common. */
const selectionCheck = `if [ -z "$(find "\${WSO2_SERVER_HOME:-/home/wso2carbon}" -path '*/carbonapps/*.car' 2> /dev/null | head -n 1)" ]; then
  echo 'mi-patterns: this image holds the archives of several workloads in ${packageFolder}/archives, and none is in carbonapps. Copy those of one workload there (chart: artifacts.source initCopy), or use an image that was packed with --delivery roles. Not starting.' >&2
  exit 78
fi

`;

/** A word for any POSIX shell. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/**
 * The script that starts the image. MI drops artifacts whose role the server does not have, and says nothing; so a
 * server that is told no roles gets all of them, and one that leaves a role out starts only when its release is known
 * to have a server for it, or when that is allowed in words. It reads roles where MI takes them from: the arguments
 * (`Main.processCmdLineArgs` sets a system property for each `-D`, the last one wins) and `JAVA_OPTS`. `start`: what
 * the image started before, where it is not WSO2's script.
 */
export function entrypoint({
  roles,
  layout,
  start,
}: Pick<ImageContents, 'roles' | 'layout'> & { readonly start?: readonly string[] }): string {
  return `#!/bin/sh
# Made by mi-patterns package. Starts Micro Integrator so that no artifact of this image is lost silently.
#
# Server roles that artifacts of this image carry. Without -DserverRoles=... the server gets all of them.
# MI_PATTERNS_RELEASE_ROLES: roles of all servers that run together, with commas between; every role of the image must be among
# them. The chart sets it. MI_PATTERNS_LEAVE_OUT=true: start all the same, and leave out what no server has.
set -uf
image_roles='${roles.join(' ')}'
default_roles='${defaultServerRoles.join(',')}'
start=\${MI_PATTERNS_ENTRYPOINT:-${start === undefined ? '/home/wso2carbon/docker-entrypoint.sh' : ''}}

named=
given=no
for word in \${JAVA_OPTS:-} "$@"; do
  case $word in
    -DserverRoles=*)
      given=yes
      named=\${word#-DserverRoles=}
      ;;
  esac
done

# Prints the roles of the image that no role of a list with commas covers. MI reads each role of a server as a regular expression.
without() {
  for role in $image_roles; do
    found=no
    for expression in $(echo "$1" | tr ',' ' '); do
      [ "$expression" = "$role" ] || echo "$role" | grep -qxE -e "$expression" 2> /dev/null || continue
      found=yes
    done
    [ $found = yes ] || printf '%s ' "$role"
  done
}

# Says what would be deployed nowhere and ends, unless that is allowed.
refuse() {
  if [ "\${MI_PATTERNS_LEAVE_OUT:-}" = true ]; then
    echo "mi-patterns: $1 It starts, because MI_PATTERNS_LEAVE_OUT is true." >&2
  else
    echo "mi-patterns: $1 $2 Not starting." >&2
    exit 78
  fi
}

if [ -n "\${MI_PATTERNS_RELEASE_ROLES+set}" ]; then
  lost=$(without "$MI_PATTERNS_RELEASE_ROLES")
  [ -z "$lost" ] || refuse "no server of this release has the role(s) \${lost% }, so no server would deploy the artifacts that have them." 'The values were made for another image: run mi-patterns generate, or give each role to one workload (workloads.<name>.artifacts.roles); roles.json in this image lists the artifacts.'
fi

${layout === 'deployed' ? '' : selectionCheck}if [ "$given" = yes ]; then
  left=$(without "$named")
  [ -z "$left" ] || [ -n "\${MI_PATTERNS_RELEASE_ROLES+set}" ] || refuse "this server skips the artifacts with the role(s) \${left% }, and it is unknown whether another server has them." 'Set MI_PATTERNS_RELEASE_ROLES to the roles of all servers that run together, or MI_PATTERNS_LEAVE_OUT=true.'
elif [ -n "$image_roles" ]; then
  set -- "$@" "-DserverRoles=$default_roles,$(echo "$image_roles" | tr ' ' ',')"
fi
${start === undefined ? '' : `[ -n "$start" ] || exec ${start.map(quoted).join(' ')} "$@"\n`}exec "$start" "$@"
`;
}
