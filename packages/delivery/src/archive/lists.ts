import { attributes, escapeText } from './markup-text.ts';

export interface ListedDependency {
  readonly name: string;
  readonly version: string;
  readonly serverRole: string;
}

const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';

/**
 * `artifacts.xml`, or `metadata.xml` when the dependencies of the metadata are among them, as vscode-car-plugin writes
 * them.
 */
export function applicationList(
  application: { readonly name: string; readonly version: string; readonly mainSequence?: string | undefined },
  dependencies: readonly ListedDependency[],
): string {
  const { name, version, mainSequence } = application;
  const lines = dependencies.map(
    (dependency) =>
      `        <dependency${attributes({ artifact: dependency.name, version: dependency.version, include: 'true', serverRole: dependency.serverRole })}/>\n`,
  );
  return `${declaration}<artifacts>\n    <artifact${attributes({ name, version, type: 'carbon/application', mainSequence })}>\n${lines.join('')}    </artifact>\n</artifacts>\n`;
}

/** `artifact.xml` of one artifact. */
export function artifactDescriptor(artifact: {
  readonly name: string;
  readonly version: string;
  readonly type: string;
  readonly serverRole: string;
  readonly file: string;
}): string {
  const { name, version, type, serverRole } = artifact;
  return `${declaration}<artifact${attributes({ name, version, type, serverRole })}>\n    <file>${escapeText(artifact.file)}</file>\n</artifact>\n`;
}

/**
 * `descriptor.xml` of MI 4.5 and later (MI: initializer/utils/CAppDescriptor.java). Ids are `group__artifact__version`.
 */
export function applicationDescriptor(
  id: string,
  options: { readonly versionedDeployment: boolean; readonly dependencies: readonly string[] },
): string {
  const dependencies = options.dependencies.map((dependency) => {
    const [groupId = '', artifactId = '', version = ''] = dependency.split('__');
    return `        <dependency${attributes({ groupId, artifactId, version, type: 'car' })}/>\n`;
  });
  return (
    `${declaration}<project>\n    <id>${escapeText(id)}</id>\n    <versionedDeployment>${options.versionedDeployment}</versionedDeployment>\n    <fatCarEnabled>false</fatCarEnabled>\n` +
    `    <dependencies>\n${dependencies.join('')}    </dependencies>\n</project>\n`
  );
}
