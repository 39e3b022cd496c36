import type { GivenValue, ParsedReference } from '../artifact/parsed.ts';
import { finding } from '../findings/catalogue.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { addTo } from '../model/group.ts';
import type { ArtifactId } from '../model/inventory.ts';
import type { NamedArtifact, NameIndex } from './names.ts';

/**
 * Calls that do not give a template what it needs. Seen on MI 4.3.0: without a mandatory parameter the flow fails at
 * the call, with and without a default ("Neither a value nor default value is provided"); an endpoint keeps `$name` as
 * its address, method or whatever it stands for.
 */
export function incompleteCalls(artifacts: readonly NamedArtifact[], names: NameIndex): Diagnostic[] {
  const needed = neededBy(artifacts);
  if (needed.size === 0) return [];
  return artifacts.flatMap(({ id, parsed }) =>
    parsed.references.flatMap((written) => {
      const { target, gives } = written;
      if (gives === undefined || target.type !== 'name') return [];
      const template = names.find('template', target.name);
      const missing = template === undefined ? [] : notGiven(needed.get(template) ?? [], gives);
      return template === undefined || missing.length === 0 ? [] : [told(id, template, missing, written)];
    }),
  );
}

/** What each template needs; of several definitions of one name, what all of them need. */
function neededBy(artifacts: readonly NamedArtifact[]): ReadonlyMap<ArtifactId, readonly string[]> {
  const definitions = new Map<ArtifactId, string[][]>();
  for (const { id, parsed } of artifacts) {
    if (parsed.kind !== 'template') continue;
    const own = (parsed.parameters ?? []).flatMap(({ name, isNeeded }) => (isNeeded === true ? [name] : []));
    addTo(definitions, id, [...new Set(own)]);
  }
  return new Map(
    [...definitions].flatMap(([id, [first = [], ...others]]) => {
      const needed = first.filter((name) => others.every((other) => other.includes(name)));
      return needed.length === 0 ? [] : [[id, needed] as const];
    }),
  );
}

function notGiven(needed: readonly string[], gives: readonly GivenValue[]): readonly string[] {
  return needed.filter((name) => !gives.some((given) => given.name === name));
}

function told(
  from: ArtifactId,
  template: ArtifactId,
  missing: readonly string[],
  { via, source }: ParsedReference,
): Diagnostic {
  const named = missing.join(', ');
  const whole = `${from} uses ${template} without ${missing.length === 1 ? 'the parameter' : 'the parameters'}`;
  return via === 'endpoint/@template'
    ? finding(
        'MI-REF-PARAMETER',
        `${whole} ${named.replaceAll('$', '')}: Micro Integrator takes the text ${missing[0]} for the value, and calls fail.`,
        missing.includes('$uri')
          ? 'Give the endpoint the attribute uri, and each other parameter an element <parameter name="…" value="…"/>.'
          : 'Give the endpoint an element <parameter name="…" value="…"/> for each.',
        source,
      )
    : finding(
        'MI-REF-PARAMETER',
        `${whole} ${named}, which ${missing.length === 1 ? 'is' : 'are'} mandatory there: the flow fails at the call. A defaultValue does not count.`,
        'Give the value in the call, or remove isMandatory from the template.',
        source,
      );
}
