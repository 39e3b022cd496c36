import { compareText, type Diagnostic, type Source } from '@mi-patterns/inventory';
import { describe } from '../findings/catalogue.ts';
import { isMapping, mappingOf, valueAt, type Values } from '../mapping/merge.ts';
import { nestDottedKeys } from '../mapping/nest-dotted-keys.ts';
import { labelOf, variableNames, withoutSecrets } from '../mapping/secrets.ts';
import { type ProjectToml, withoutLeft } from './left-out.ts';
import { beyond, joined } from './several-files.ts';

/** What the values take over from deployment.toml files of projects. */
export interface CarriedOver {
  /** `deploymentToml` and the variables for its secrets; goes below everything that an environment says. */
  readonly values: Values;
  /** What was left out and why, and what needs a Secret. */
  readonly diagnostics: readonly Diagnostic[];
  /** Where a key of `deploymentToml` comes from; undefined for one that is not carried over. */
  readonly at: (...keys: readonly string[]) => Source | undefined;
}

type Path = readonly string[];

/** Nothing is carried over. */
export const nothingCarried: CarriedOver = { values: {}, diagnostics: [], at: () => undefined };

/**
 * The values that bring the deployment.toml files of projects to the pods: every table, but for what the chart does
 * itself or what the values set through its settings, which is named, and for what the values write under
 * `deploymentToml`. A password or the like becomes an environment variable that the Secret `<release>-settings` fills.
 * Data sources, listeners and the like of several files are put together by their names; where two files differ the
 * first wins, which is told. Pure; the order of the files does not matter.
 *
 * @param given what the environment sets.
 */
export function carryOver(files: readonly ProjectToml[], release: string, given: Values): CarriedOver {
  const diagnostics: Diagnostic[] = [];
  const found = new Map<string, Source>();
  const places: Places = new Map();
  const variableOf = variableNames();
  const own = given['deploymentToml'];
  const written = isMapping(own) ? nestDottedKeys(own) : {};
  let earlier: Values = {};
  let deploymentToml: Values = {};
  for (const file of files.toSorted((a, b) => compareText(a.source.path, b.source.path))) {
    const beside = beyond(file.tables, written, { byElement: false, differs: () => undefined });
    const differing: Differing[] = [];
    const kept = beyond(withoutLeft({ ...file, tables: beside }, given, diagnostics), earlier, {
      byElement: true,
      differs: (keys, before) => differing.push({ keys, earlier: places.get(before.join('\0'))?.() ?? file.source }),
    });
    if (differing.length > 0) diagnostics.push(differsFinding(file, differing));
    earlier = joined(earlier, kept);
    rememberPlaces(kept, { keys: [], carried: [] }, (keys) => file.at(...keys), places);
    const safe = withoutSecrets(kept, { names: [], keys: [] }, ({ names, keys }, secret) => {
      const name = variableOf(names, secret);
      if (!found.has(name)) found.set(name, file.at(...keys));
      return name;
    });
    deploymentToml = joined(deploymentToml, safe as Values);
  }
  const env = mappingOf(given['env']);
  const variables = [...found].filter(([variable]) => (env[variable] ?? null) === null);
  if (variables.length > 0) diagnostics.push(secretsFinding(variables, `${release}-settings`));
  return {
    values: {
      ...(Object.keys(deploymentToml).length === 0 ? {} : { deploymentToml }),
      ...(variables.length === 0 ? {} : { env: fromSecret(variables, `${release}-settings`) }),
    },
    diagnostics,
    at: (...keys) => places.get(keys.join('\0'))?.(),
  };
}

/** Keys at which a file says something else than an earlier one, and where that says it. */
interface Differing {
  readonly keys: Path;
  readonly earlier: Source;
}

function differsFinding(file: ProjectToml, differing: readonly Differing[]): Diagnostic {
  const names = differing.map(({ keys }) => `\`${nameOf(file.tables, keys)}\``);
  const shown = names.length > 5 ? [...names.slice(0, 4), `${names.length - 4} more`] : names;
  const others = [...new Set(differing.map(({ earlier }) => earlier.path))].toSorted(compareText);
  const [first] = differing as [Differing];
  return describe(
    'MI-TOML-DIFFERS',
    `${file.source.path} and ${others.join(', ')} differ in ${shown.join(', ')}. All pods get one file: the values have what ${others.join(', ')} says.`,
    file.at(...first.keys),
    { related: differing.map(({ earlier }) => earlier).slice(0, 50) },
  );
}

/** `server.hostname`, or `datasource ORDERS` for a table of an array. */
function nameOf(tables: Values, keys: Path): string {
  const [, key, index] = /^(.*)\[(\d+)\]$/.exec(keys.at(-1) ?? '') ?? [];
  if (key === undefined || index === undefined) return keys.join('.');
  const path = [...keys.slice(0, -1), key];
  return `${path.join('.')} ${labelOf(valueAt(tables, [...path, index])) ?? index}`;
}

type Variables = readonly (readonly [variable: string, source: Source])[];

function fromSecret(variables: Variables, name: string): Values {
  return Object.fromEntries(
    variables
      .map(([variable]) => variable)
      .toSorted(compareText)
      .map((key) => [key, { secretKeyRef: { name, key } }]),
  );
}

function secretsFinding(variables: Variables, name: string): Diagnostic {
  const names = variables.map(([variable]) => variable).toSorted(compareText);
  const [source, ...related] = variables.map(([, place]) => place);
  return {
    ...describe(
      'MI-TOML-SECRET',
      `deployment.toml contains passwords; the values read them from the Secret ${name} instead: ${names.join(', ')}.`,
      source as Source,
      `Create the Secret in the namespace of each environment: kubectl create secret generic ${name} --from-literal=${names[0] ?? ''}=…`,
    ),
    ...(related.length === 0 ? {} : { related }),
  };
}

/** Places of what is carried over, by the keys that lead to it there. */
type Places = Map<string, () => Source>;

/** Remembers where a value stands, and all that is in it; elements behind a hole move up. */
function rememberPlaces(
  value: unknown,
  { keys, carried }: { readonly keys: Path; readonly carried: Path },
  at: (keys: Path) => Source,
  places: Places,
): void {
  const name = carried.join('\0');
  if (!places.has(name)) places.set(name, () => at(keys));
  if (Array.isArray(value)) {
    // Elements of earlier files stand before those of this one.
    let to = 0;
    while (places.has(elementOf(carried, to).join('\0'))) to += 1;
    for (const [index, item] of value.entries()) {
      if (item === undefined) continue;
      rememberPlaces(item, { keys: elementOf(keys, index), carried: elementOf(carried, to) }, at, places);
      to += 1;
    }
  } else if (isMapping(value)) {
    for (const [key, inner] of Object.entries(value))
      rememberPlaces(inner, { keys: [...keys, key], carried: [...carried, key] }, at, places);
  }
}

function elementOf(keys: Path, index: number): Path {
  return [...keys.slice(0, -1), `${keys.at(-1) ?? ''}[${index}]`];
}
