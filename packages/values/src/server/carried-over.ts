import type { Diagnostic, Inventory } from '@mi-patterns/inventory';
import { type CarriedOver, carryOver, nothingCarried } from '../carry-over/carry-over.ts';
import type { Environment } from '../configuration/environments.ts';
import { describe } from '../findings/catalogue.ts';
import type { ProjectToml } from '../carry-over/left-out.ts';
import { isMapping, layerAll, valueAt, type Values } from '../mapping/merge.ts';

/**
 * What the values of an environment take over from the deployment.toml files of the projects that were read: nothing
 * where the image brings its own file (`runtime.deploymentTomlFrom: image`). Where the file of an image is replaced, a
 * finding says what of it is lost.
 *
 * @param given all that the environment sets, values files included.
 */
export function carriedOver(
  { configurations }: Pick<Inventory, 'configurations'>,
  environment: Pick<Environment, 'release'>,
  given: Values,
): CarriedOver {
  if (valueAt(given, ['runtime', 'deploymentTomlFrom']) === 'image') return nothingCarried;
  const ofProjects = filesOf(configurations.filter(({ inImage }) => inImage !== true));
  const ofImages = filesOf(configurations.filter(({ inImage }) => inImage === true));
  const carried = ofProjects.length === 0 ? nothingCarried : carryOver(ofProjects, environment.release, given);
  const above = layerAll([carried.values, given]);
  const replaced = ofImages.flatMap((file) => replacedFinding(file, environment.release, above));
  return replaced.length === 0 ? carried : { ...carried, diagnostics: [...carried.diagnostics, ...replaced] };
}

function filesOf(configurations: Inventory['configurations']): readonly ProjectToml[] {
  return configurations.flatMap(({ source, document }) => (document === undefined ? [] : [{ source, ...document }]));
}

/** What the file of an image says and the values do not, beyond what every image of MI has. */
function replacedFinding(file: ProjectToml, release: string, given: Values): readonly Diagnostic[] {
  const { deploymentToml = {} } = carryOver([file], release, given).values;
  const lost = tablesOf(deploymentToml).filter(
    ([name, value]) => !keyStores.has(name) && shipped[name] !== JSON.stringify(value),
  );
  if (lost.length === 0) return [];
  const names = lost.map(([name]) => `[${name}]`);
  const more = names.length > 5 ? ` and ${names.length - 5} more` : '';
  return [
    describe(
      'MI-TOML-IMAGE',
      `The chart replaces ${file.source.path}. The values lack what is in ${names.slice(0, 5).join(', ')}${more} there.`,
      file.source,
    ),
  ];
}

/** Which key stores the pods have is told on its own: `MI-VALUES-DEMONSTRATION`. */
const keyStores: ReadonlySet<string> = new Set(['keystore', 'truststore']);

/** The other tables of the file that MI is shipped with (distribution/src/conf/deployment.toml). */
const shipped: Readonly<Record<string, string>> = {
  server: '{"hostname":"localhost"}',
  user_store: '{"type":"read_only_ldap"}',
};

function tablesOf(document: unknown): readonly (readonly [string, unknown])[] {
  return isMapping(document) ? Object.entries(document) : [];
}
