import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  type Diagnostic,
  type Instruction,
  type Inventory,
  readInstructions,
  readRegularFile,
  withoutCredentials,
} from '@mi-patterns/inventory';
import { finding } from '../findings/catalogue.ts';

/**
 * The one deployment.toml of the projects that were read, as an absolute path; undefined when there is none, or more
 * than one.
 */
export function projectToml({ configurations }: Pick<Inventory, 'configurations'>, cwd: string): string | undefined {
  const files = configurations.filter(({ document, inImage }) => document !== undefined && inImage !== true);
  const [only] = files;
  return only === undefined || files.length > 1 ? undefined : resolve(cwd, only.source.path);
}

/** What is wrong with the file for an image that has to bring it (`runtime.deploymentTomlFrom: image`). */
export function tomlFindings(file: string | undefined): readonly Diagnostic[] {
  if (file !== undefined) return [];
  return [
    finding(
      'MI-PKG-TOML',
      'The pods take deployment.toml from the image (`runtime.deploymentTomlFrom: image`), but not exactly one project has a deployment.toml: the image keeps that of its base image.',
      'Put the file into deployment/ of one project, or copy it in a Dockerfile of your own that starts from this image.',
    ),
  ];
}

/** Instructions that every new project has, and what the image of the package does by itself. */
const known = [
  /^(?:ARG|FROM|USER|EXPOSE)\s/,
  /^COPY\s+(?:--\S+\s+)*(?=\S*(?:CompositeApps|CarbonApps))\S+\s/i,
  /^COPY\s+(?:--\S+\s+)*(?=\S*libs\/)\S+\s/i,
  /^COPY\s+(?:--\S+\s+)*\S*deployment\.toml\s/i,
  /^COPY\s+(?:--\S+\s+)*\S*\/(?:wso2carbon|client-truststore)\.jks\s/i,
];

/**
 * Instructions of a project's own Dockerfile that the image of the package does not have: `ENV`, `RUN` and files it
 * copies. Their values are left out: one of any name may be a secret.
 */
export function dockerfileFindings(
  { applications }: Pick<Inventory, 'applications'>,
  cwd: string,
): readonly Diagnostic[] {
  return applications.flatMap(({ type, source }) => {
    const path = join(source.path, 'deployment', 'docker', 'Dockerfile').replaceAll('\\', '/');
    const file = resolve(cwd, path);
    if (type !== 'project' || !existsSync(file)) return [];
    const others = readInstructions(readRegularFile(file).toString('utf8')).filter(
      ({ word, rest }) => !known.some((pattern) => pattern.test(`${word} ${rest} `)),
    );
    const [first] = others;
    if (first === undefined) return [];
    const names = [...new Set(others.map(nameOf))];
    return [
      finding(
        'MI-PKG-DOCKERFILE',
        `The image of the package lacks what the project's own Dockerfile adds: ${names.slice(0, 5).join(', ')}${names.length > 5 ? ` and ${names.length - 5} more` : ''}.`,
        'Build that image without the archives and name it with --build-arg BASE_IMAGE, or copy the lines to a Dockerfile that starts from the image of the package.',
        { path, line: first.line, column: 1 },
      ),
    ];
  });
}

/** An instruction with its first word, as in `ENV NAME` and `RUN apt-get`. */
function nameOf({ word, rest }: Instruction): string {
  const [first = ''] = rest.trim().split(/\s+/);
  return withoutCredentials(`${word} ${first.replace(/=.*/s, '')}`.trim());
}
