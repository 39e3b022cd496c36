import { addTo, type ArtifactId, compareText, kindNames } from '@mi-patterns/inventory';
import { artifactAt, type Graph } from '../graph/graph.ts';
import type { Unit } from '../graph/units.ts';
import type { Group, PlanDiagnostic, PlanOptions } from '../model/plan.ts';
import { finding, listed } from '../findings/finding.ts';
import { didYouMean } from '../findings/near.ts';
import { matchesGlob } from './glob.ts';
import {
  isWorkloadName,
  oneStatefulWorkload,
  shortHash,
  longestName,
  statelessWorkload,
  workloadName,
} from './names.ts';

/** Stateful entry points that run in one workload. */
export interface StatefulGroup {
  readonly name: string;
  /** Nodes in the order of the inventory. */
  readonly members: readonly number[];
  readonly why: 'alone' | 'forced' | 'named' | 'all';
}

export interface Grouping {
  /** Sorted by name. */
  readonly groups: readonly StatefulGroup[];
  readonly diagnostics: readonly PlanDiagnostic[];
}

interface Draft {
  readonly name: string;
  readonly members: readonly number[];
  readonly why: StatefulGroup['why'];
}

/** Puts units of stateful entry points into workloads, as `isolate` says, and gives each workload its name. */
export function groupUnits(graph: Graph, units: readonly Unit[], isolate: PlanOptions['isolate']): Grouping {
  const diagnostics: PlanDiagnostic[] = [];
  const drafts: Draft[] = [];
  if (isolate === 'one') {
    const members = units.flatMap((unit) => unit.members).toSorted((a, b) => a - b);
    if (members.length > 0) drafts.push({ name: oneStatefulWorkload, members, why: 'all' });
  } else if (isolate === 'each') {
    drafts.push(...units.map((unit) => alone(graph, unit)));
  } else {
    drafts.push(...named(graph, units, isolate.groups, diagnostics));
  }
  return { groups: unique(graph, drafts, diagnostics), diagnostics };
}

function alone(graph: Graph, unit: Unit): Draft {
  return {
    name: workloadName(artifactAt(graph, unit.anchor)),
    members: unit.members,
    why: unit.members.length > 1 ? 'forced' : 'alone',
  };
}

function named(graph: Graph, units: readonly Unit[], groups: readonly Group[], diagnostics: PlanDiagnostic[]): Draft[] {
  const usable = groups.filter((group, position) => checkName(group, groups.slice(0, position), diagnostics));
  const matched = new Map<Group, number[]>();
  const disputed = new Set<Group>();
  const left: Unit[] = [];
  for (const unit of units) {
    const wanted = usable.filter((group) => unit.members.some((node) => matches(group, artifactAt(graph, node).id)));
    const [first, ...others] = wanted;
    if (first === undefined) {
      left.push(unit);
      continue;
    }
    if (others.length > 0) {
      diagnostics.push(claimedTwice(graph, unit, wanted));
      for (const group of wanted) disputed.add(group);
    }
    for (const node of unit.members) addTo(matched, first, node);
  }
  const ids = units.flatMap(({ members }) => members.map((node) => artifactAt(graph, node).id));
  for (const group of usable) {
    if (!matched.has(group) && !disputed.has(group)) diagnostics.push(emptyGroup(graph, group, ids));
    else for (const glob of mistypedGlobs(group, ids)) diagnostics.push(emptyGlob(graph, group, glob, ids));
  }
  return [
    ...[...matched].map(([group, members]): Draft => ({
      name: group.name,
      members: members.toSorted((a, b) => a - b),
      why: 'named',
    })),
    ...left.map((unit) => alone(graph, unit)),
  ];
}

function matches(group: Group, id: ArtifactId): boolean {
  return group.match.some((glob) => matchesGlob(glob, id));
}

function faultOfName({ name }: Group, earlier: readonly Group[]): string | undefined {
  if (!isWorkloadName(name)) return `must be lower-case letters, digits and hyphens, at most ${longestName} characters`;
  if (name === statelessWorkload) return 'is the name of the stateless workload';
  return earlier.some((other) => other.name === name) ? 'appears twice' : undefined;
}

function checkName(group: Group, earlier: readonly Group[], diagnostics: PlanDiagnostic[]): boolean {
  const fault = faultOfName(group, earlier);
  if (fault === undefined) return true;
  diagnostics.push(
    finding('MI-PLAN-GROUP-NAME', {
      message: `The group name "${group.name}" ${fault}.`,
      hint: 'Give the group another name; until then, each of its artifacts has a workload of its own.',
      source: group.source,
    }),
  );
  return false;
}

function claimedTwice(graph: Graph, unit: Unit, wanted: readonly Group[]): PlanDiagnostic {
  const ids = unit.members.map((node) => artifactAt(graph, node).id);
  const names = wanted.map((group) => `"${group.name}"`).join(' and ');
  const places = [...wanted.flatMap((group) => group.source ?? []), artifactAt(graph, unit.anchor).source];
  const [source, ...related] = places;
  const both = ids.length === 1 || ids.some((id) => wanted.filter((group) => matches(group, id)).length > 1);
  return finding('MI-PLAN-GROUP-OVERLAP', {
    message: both
      ? `${listed(ids)} belongs to several groups: ${names}.`
      : `The groups ${names} split ${listed(ids)}, which reach each other and must share a pod.`,
    hint: both
      ? 'Narrow the globs so that each stateful artifact is in one group.'
      : 'Put them into one group, or break the call between them (through a broker, or over the Service of the other workload).',
    source,
    related,
    artifacts: ids,
  });
}

/** Globs that take nothing and name one artifact, or a kind that there is not: no artifact to come is meant by them. */
function mistypedGlobs(group: Group, ids: readonly ArtifactId[]): readonly string[] {
  return group.match.filter(
    (glob) => !ids.some((id) => matchesGlob(glob, id)) && !(/[*?]/.test(glob) && mayMatchLater(glob)),
  );
}

function mayMatchLater(glob: string): boolean {
  const [kind = '', ...name] = glob.split('/');
  return name.length === 0 || kindNames.some((known) => matchesGlob(kind, known));
}

const aboutGlobs = 'Globs match whole artifact ids such as task/recurringOrder_Task; `mi-patterns scan` lists them.';

function emptyGlob(graph: Graph, group: Group, glob: string, ids: readonly ArtifactId[]): PlanDiagnostic {
  return finding('MI-PLAN-GROUP-EMPTY', {
    ...whatMatches(graph, `${glob} in the group "${group.name}"`, [glob]),
    source: group.source,
    hint: `${didYouMean(glob, ids)}${aboutGlobs} Correct or remove the glob.`,
  });
}

function emptyGroup(graph: Graph, group: Group, ids: readonly ArtifactId[]): PlanDiagnostic {
  const [first = ''] = group.match;
  return finding('MI-PLAN-GROUP-EMPTY', {
    ...whatMatches(graph, `The group "${group.name}"`, group.match, ` (${group.match.join(', ')})`),
    source: group.source,
    hint: `${didYouMean(first, ids)}${aboutGlobs} Correct the glob or remove the group.`,
  });
}

/** What is matched by globs that take nothing. */
function whatMatches(
  graph: Graph,
  who: string,
  globs: readonly string[],
  shown = '',
): { readonly message: string; readonly artifacts: readonly ArtifactId[] } {
  const ids = graph.artifacts.map(({ id }) => id).filter((id) => globs.some((glob) => matchesGlob(glob, id)));
  return {
    message:
      ids.length === 0
        ? `${who} matches no artifact${shown}.`
        : `${who} matches ${listed(ids)}, which no group may take: only stateful entry points that are deployed are isolated.`,
    artifacts: ids.slice(0, 20),
  };
}

/**
 * Gives every draft a name of its own. A clash is an error: a plan that renamed one of both would recreate its pods
 * later.
 */
function unique(graph: Graph, drafts: readonly Draft[], diagnostics: PlanDiagnostic[]): StatefulGroup[] {
  const taken = new Map<string, Draft>();
  const groups: StatefulGroup[] = [];
  const firstId = (draft: Draft): ArtifactId => artifactAt(graph, draft.members[0] ?? 0).id;
  const inOrder = drafts.toSorted(
    (a, b) => Number(b.why === 'named') - Number(a.why === 'named') || compareText(firstId(a), firstId(b)),
  );
  for (const draft of inOrder) {
    const other = taken.get(draft.name);
    let name = draft.name;
    if (other !== undefined) {
      const hash = shortHash(firstId(draft));
      name = `${name.slice(0, longestName - hash.length - 1).replace(/(?<!-)-+$/, '')}-${hash}`;
      diagnostics.push(
        finding('MI-PLAN-NAME-CLASH', {
          message: `${firstId(other)} and ${firstId(draft)} would both have the workload name ${draft.name}.`,
          hint: 'Give one of them a group of its own in mi-patterns.yaml, with a name you choose, or rename the artifact.',
          source: artifactAt(graph, draft.members[0] ?? 0).source,
          related: [artifactAt(graph, other.members[0] ?? 0).source],
          artifacts: [firstId(other), firstId(draft)],
        }),
      );
    }
    taken.set(name, draft);
    groups.push({ name, members: draft.members, why: draft.why });
  }
  return groups.toSorted((a, b) => compareText(a.name, b.name));
}
