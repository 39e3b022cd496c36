import { compareText, type Diagnostic, type Source } from '@mi-patterns/inventory';
import { describe } from '../findings/catalogue.ts';
import { isMapping, layerAll, type Values } from '../mapping/merge.ts';
import { nestDottedKeys } from '../mapping/nest-dotted-keys.ts';
import { variableNames, withoutSecrets } from '../mapping/secrets.ts';
import { type ProjectToml, withoutLeft } from './left-out.ts';

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
 * Where two files differ the first wins. Pure; the order of the files does not matter.
 *
 * @param given what the environment sets.
 */
export function carryOver(files: readonly ProjectToml[], release: string, given: Values): CarriedOver {
  const diagnostics: Diagnostic[] = [];
  const found = new Map<string, Source>();
  const places: Places = new Map();
  const nameOf = variableNames();
  const earlier: Claims = new Map();
  const own = given['deploymentToml'];
  const written = isMapping(own) ? nestDottedKeys(own) : {};
  const documents = files
    .toSorted((a, b) => compareText(a.source.path, b.source.path))
    .map((file) => {
      const beside = unclaimed(file.tables, claimsOf(written));
      const kept = unclaimed(withoutLeft({ ...file, tables: beside }, given, diagnostics), earlier);
      rememberPlaces(kept, { keys: [], carried: [] }, (keys) => file.at(...keys), places);
      return withoutSecrets(kept, { names: [], keys: [] }, ({ names, keys }, secret) => {
        const name = nameOf(names, secret);
        if (!found.has(name)) found.set(name, file.at(...keys));
        return name;
      }) as Values;
    });
  const deploymentToml = layerAll(documents.toReversed());
  const env = isMapping(given['env']) ? given['env'] : {};
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

/** Keys that a document says already: those in a table, or all of one that is a value. */
type Claims = Map<string, Claims | 'all'>;

function claimsOf(table: Values): Claims {
  return new Map(
    Object.entries(table).map(([key, value]) => [key, isMapping(value) ? claimsOf(value) : ('all' as const)]),
  );
}

/** What a table says beyond the claims, which then have its keys too. */
function unclaimed(table: Values, claims: Claims): Values {
  return Object.fromEntries(
    Object.entries(table).flatMap(([key, value]): (readonly [string, unknown])[] => {
      const claimed = claims.get(key);
      if (claimed === undefined) {
        claims.set(key, isMapping(value) ? claimsOf(value) : 'all');
        return [[key, value]];
      }
      if (claimed === 'all' || !isMapping(value)) return [];
      const inner = unclaimed(value, claimed);
      return Object.keys(inner).length === 0 ? [] : [[key, inner]];
    }),
  );
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
    let to = 0;
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
