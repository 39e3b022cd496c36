import type { Artifact, ArtifactFacts } from '@mi-patterns/inventory';
import { listed } from '../findings/finding.ts';
import { isStricter, type Ruling } from './verdict.ts';

/** What an artifact says of itself in each of its versions that are delivered. */
export function factsOfAll({ facts, variants }: Artifact): readonly ArtifactFacts[] {
  return variants === undefined ? [facts] : [facts, ...variants.map((variant) => variant.facts)];
}

/**
 * The verdict of an artifact in all its versions. Two versions of an application with versioned deployment run side by
 * side, and they carry one server role: the version that allows the least decides for both, and the sentence names
 * them.
 */
export function verdictOfAll(artifact: Artifact, judge: (one: Artifact) => Ruling | undefined): Ruling | undefined {
  const own = judge(artifact);
  const { variants } = artifact;
  if (own === undefined || variants === undefined) return own;
  const elsewhere = new Set(variants.flatMap(({ applications }) => applications));
  const versions = [
    { verdict: own, applications: artifact.applications.filter((id) => !elsewhere.has(id)) },
    ...variants.flatMap(({ facts, source, applications }) => {
      const verdict = judge({ ...artifact, facts, source });
      return verdict === undefined ? [] : [{ verdict, applications }];
    }),
  ];
  const worst = versions.reduce((strictest, one) =>
    isStricter(one.verdict.class, strictest.verdict.class) ? one : strictest,
  );
  // Two files with one name in one application are no two versions of it: MI-DUPLICATE tells of them.
  if (versions.some(({ applications }) => applications.length === 0)) return worst.verdict;
  const others = versions
    .filter((one) => one !== worst)
    .map(
      ({ verdict, applications }) =>
        `${listed(applications, 3)} ${applications.length === 1 ? 'brings' : 'bring'} another one, which is ${verdict.class}`,
    );
  return {
    ...worst.verdict,
    because: {
      ...worst.verdict.because,
      more: `This is the version in ${listed(worst.applications, 3)}; ${others.join('; ')}, and the strictest verdict counts.`,
    },
  };
}
