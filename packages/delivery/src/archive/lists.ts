import { attributes, escapeAttribute, escapeText } from './markup-text.ts';

export interface ListedDependency {
  readonly name: string;
  readonly version: string;
  readonly serverRole: string;
}

const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** The line of an artifact in {@link applicationList}. */
export function listedDependency({ name, version, serverRole }: ListedDependency): string {
  return `        <dependency artifact="${escapeAttribute(name)}" version="${escapeAttribute(version)}" include="true" serverRole="${escapeAttribute(serverRole)}"/>\n`;
}

/**
 * `artifacts.xml`, or `metadata.xml` when the lines of the metadata are among the dependencies, as vscode-car-plugin
 * writes them.
 */
export function applicationList(
  application: { readonly name: string; readonly version: string; readonly mainSequence?: string | undefined },
  dependencies: readonly string[],
): string {
  const { name, version, mainSequence } = application;
  return `${declaration}<artifacts>\n    <artifact${attributes({ name, version, type: 'carbon/application', mainSequence })}>\n${dependencies.join('')}    </artifact>\n</artifacts>\n`;
}

/** `artifact.xml` of one artifact. */
export function artifactDescriptor(artifact: {
  readonly name: string;
  readonly version: string;
  readonly type: string;
  readonly serverRole: string;
  readonly file: string;
}): string {
  const { name, version, type, serverRole, file } = artifact;
  return `${declaration}<artifact name="${escapeAttribute(name)}" version="${escapeAttribute(version)}" type="${escapeAttribute(type)}" serverRole="${escapeAttribute(serverRole)}">\n    <file>${escapeText(file)}</file>\n</artifact>\n`;
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
