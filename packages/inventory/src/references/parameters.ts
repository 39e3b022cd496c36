import type { GivenValue, ParsedReference, TargetKind, TemplateParameter } from '../artifact/parsed.ts';
import { joined, targetOf } from '../artifact/reading.ts';
import { messageValueIn, parameterIn } from '../artifact/values.ts';
import { addTo } from '../model/group.ts';
import type { ArtifactId } from '../model/inventory.ts';
import type { NamedArtifact, NameIndex } from './names.ts';

/** What calls of templates tell of references by parameter. */
export interface ParameterReferences {
  /** References that an artifact makes by what it gives a template. */
  readonly from: (artifact: NamedArtifact) => readonly ParsedReference[];
  /** True for a reference by parameter whose target all calls tell that are known. */
  readonly isTold: (id: ArtifactId, written: ParsedReference) => boolean;
}

/** What a parameter is used for. */
interface Use {
  readonly kind: TargetKind;
  readonly written: ParsedReference;
  readonly at: ArtifactId;
  /** Each message that has the value gets there. */
  readonly always: boolean;
}

/**
 * A parameter in a template, or in a flow that a template runs: MI finds those of the innermost template there. Or a
 * value of a message in any flow (`ctx:name`, `var:name`).
 */
interface Place {
  readonly id: ArtifactId;
  readonly name: string;
  /** By kind and relation of what is named: of two uses of one sort, one tells where a value leads. */
  readonly uses: Map<string, Use>;
  /** What has the same value: templates that pass it on, flows around this one. Undefined until it is asked for. */
  sources: readonly { readonly place: Place; readonly always: boolean }[] | undefined;
  /** A call that was read decides the value. */
  isGiven: boolean;
  /** Somebody may call it whose values are in no file, as an agent does that has it as a tool. */
  isOpen: boolean;
}

/** A reference to a flow or template. */
interface Run {
  readonly from: NamedArtifact;
  readonly written: ParsedReference;
}

/**
 * Follows parameters of templates from where something is found by them back to the calls that give them, over flows
 * and templates between (`SynapseXPathVariableContext`, `TemplateContext` and `Template` of wso2/wso2-synapse; seen on
 * MI 4.3.0). The reference is one of the artifact that writes the value, since no other messages get there. Uses
 * travel, and not values, so that the work grows with the calls and not with calls times flows.
 */
export function parameterReferences(artifacts: readonly NamedArtifact[], names: NameIndex): ParameterReferences {
  const places = new Places();
  for (const artifact of artifacts) addUses(places, artifact);
  const runs = runsOf(artifacts, names);
  const declared = declaredIn(artifacts);
  followBack(places, runs, declared);
  const calls = [...declared.keys()].flatMap((id) => (runs.get(id) ?? []).map((run) => ({ id, run })));
  for (const { id, run } of calls) {
    for (const parameter of declared.get(id)?.values() ?? []) {
      const place = places.find(id, parameter.name);
      if (place === undefined) continue;
      if (run.written.gives === undefined) place.isOpen = true;
      else if (passedOn(givenBy(run, parameter)) === undefined) place.isGiven = true;
    }
  }
  spread(places);
  const made = new Map<NamedArtifact, ParsedReference[]>();
  for (const { id, run } of calls) {
    for (const parameter of declared.get(id)?.values() ?? [])
      for (const reference of told(places, run, id, parameter)) addTo(made, run.from, reference);
  }
  for (const [from, reference] of guessed(places, runs, artifacts)) addTo(made, from, reference);
  return {
    from: (artifact) => made.get(artifact) ?? [],
    isTold: (id, { target }) => {
      if (target.type !== 'dynamic' || target.parameter === undefined) return false;
      const place = places.find(id, target.parameter.name);
      return place?.isGiven === true && !place.isOpen;
    },
  };
}

/** Places by artifact and parameter, in the order in which they come up. */
class Places {
  readonly #all = new Map<ArtifactId, Map<string, Place>>();

  find(id: ArtifactId, name: string): Place | undefined {
    return this.#all.get(id)?.get(name);
  }

  make(id: ArtifactId, name: string): Place {
    const own = this.#all.get(id) ?? new Map<string, Place>();
    this.#all.set(id, own);
    const place = own.get(name) ?? { id, name, uses: new Map(), sources: undefined, isGiven: false, isOpen: false };
    own.set(name, place);
    return place;
  }

  list(): Place[] {
    return [...this.#all.values()].flatMap((own) => [...own.values()]);
  }
}

/** Adds what an artifact itself finds by a parameter. */
function addUses(places: Places, { id, parsed }: NamedArtifact): void {
  for (const written of parsed.references) {
    if (written.target.type !== 'dynamic' || written.target.parameter === undefined) continue;
    const { name, kind } = written.target.parameter;
    addUse(places.make(id, name), { kind, written, at: id, always: written.always === true });
  }
}

/** True when the place has learnt something by it. */
function addUse({ uses }: Place, use: Use): boolean {
  const key = `${use.kind} ${use.written.relation}`;
  const known = uses.get(key);
  if (known !== undefined && (known.always || !use.always)) return false;
  uses.set(key, use);
  return true;
}

/** Flows and templates that were read, with who runs or calls them. */
function runsOf(artifacts: readonly NamedArtifact[], names: NameIndex): ReadonlyMap<ArtifactId, readonly Run[]> {
  const runs = new Map<ArtifactId, Run[]>();
  for (const from of artifacts) {
    for (const written of from.parsed.references) {
      const id = flowOf(written, names);
      if (id !== undefined) addTo(runs, id, { from, written });
    }
  }
  return runs;
}

function flowOf({ target }: ParsedReference, names: NameIndex): ArtifactId | undefined {
  if (target.type === 'registry') return names.findResource(target.key);
  if (target.type !== 'name' || (target.kinds[0] !== 'sequence' && target.kinds[0] !== 'template')) return undefined;
  for (const kind of target.kinds) {
    const id = names.find(kind, target.name);
    if (id !== undefined) return id;
  }
  return names.findResource(target.name);
}

type Declared = ReadonlyMap<ArtifactId, ReadonlyMap<string, TemplateParameter>>;

function declaredIn(artifacts: readonly NamedArtifact[]): Declared {
  return new Map(
    artifacts
      .filter(({ parsed }) => parsed.kind === 'template')
      .map(({ id, parsed }) => [
        id,
        new Map((parsed.parameters ?? []).map((parameter) => [parameter.name, parameter])),
      ]),
  );
}

/** Lets each place know what its value is used for in flows and templates behind it. */
function followBack(places: Places, runs: ReadonlyMap<ArtifactId, readonly Run[]>, declared: Declared): void {
  const sourcesOf = ({ id, name }: Place): NonNullable<Place['sources']> => {
    const parameters = isOfMessage(name) ? undefined : declared.get(id);
    if (parameters === undefined)
      return (runs.get(id) ?? []).map(({ from, written }) => ({
        place: places.make(from.id, name),
        always: written.always === true,
      }));
    const parameter = parameters.get(name);
    if (parameter === undefined) return [];
    return (runs.get(id) ?? []).flatMap((run) => {
      const given = givenBy(run, parameter);
      const passed = passedOn(given) ?? messageValueIn(given?.value ?? '');
      return passed === undefined
        ? []
        : [{ place: places.make(run.from.id, passed), always: run.written.always === true }];
    });
  };
  const queue = places.list();
  for (let place = queue.pop(); place !== undefined; place = queue.pop()) {
    place.sources ??= sourcesOf(place);
    for (const { place: source, always } of place.sources) {
      let isNew = false;
      for (const use of place.uses.values())
        isNew = addUse(source, always || !use.always ? use : { ...use, always: false }) || isNew;
      if (isNew) queue.push(source);
    }
  }
}

/** What a call gives for a parameter, or its default; undefined for nothing, with which the template fails. */
function givenBy({ written }: Run, { name, value, source }: TemplateParameter): GivenValue | undefined {
  const given = written.gives?.findLast((one) => one.name === name);
  if (given !== undefined || value === undefined) return given;
  return { name, via: joined('parameter[@name="', name, '"]/@defaultValue'), value, source };
}

function isOfMessage(name: string): boolean {
  return name.includes(':');
}

/** The parameter that is given for another one, as it is. */
function passedOn(given: GivenValue | undefined): string | undefined {
  return given?.value === undefined ? undefined : parameterIn(given.value);
}

/** Lets the places behind each place know whether its value is given. */
function spread(places: Places): void {
  const behind = new Map<Place, Place[]>();
  const all = places.list();
  for (const place of all) for (const { place: source } of place.sources ?? []) addTo(behind, source, place);
  const queue = all.filter(({ isGiven, isOpen }) => isGiven || isOpen);
  for (let place = queue.pop(); place !== undefined; place = queue.pop()) {
    for (const next of behind.get(place) ?? []) {
      const [isGiven, isOpen] = [next.isGiven || place.isGiven, next.isOpen || place.isOpen];
      if (isGiven === next.isGiven && isOpen === next.isOpen) continue;
      Object.assign(next, { isGiven, isOpen });
      queue.push(next);
    }
  }
}

/** The references that one call makes by what it gives for one parameter. */
function told(places: Places, run: Run, id: ArtifactId, parameter: TemplateParameter): ParsedReference[] {
  const place = places.find(id, parameter.name);
  const given = run.written.gives === undefined ? undefined : givenBy(run, parameter);
  if (place === undefined || given?.value === undefined) return [];
  const passed = passedOn(given);
  // What is passed on is told by who gives it. If nobody does, it is open here, or in the template if it is so for all.
  if (passed !== undefined && (!place.isGiven || places.find(run.from.id, passed)?.isGiven === true)) return [];
  return referencesBy(place, given, run.written.always === true);
}

/** Of a name, so many constants are guessed at one flow: more than anybody writes, and work stays in bounds. */
const mostGuesses = 100;

/**
 * The references that an artifact makes if a constant is still what it gave the message, itself or by a flow that it
 * runs: sure enough for a store to be in the pod of who fills it, and not for a finding that nothing has the name.
 */
function* guessed(
  places: Places,
  runs: ReadonlyMap<ArtifactId, readonly Run[]>,
  artifacts: readonly NamedArtifact[],
): Generator<readonly [from: NamedArtifact, reference: ParsedReference]> {
  const names = new Set(places.list().map(({ name }) => name));
  const walked = new Map<string, number>();
  for (const setter of artifacts) {
    for (const constant of setter.parsed.sets ?? []) {
      if (!names.has(constant.name)) continue;
      const around = new Set([setter]);
      for (const from of around) {
        const key = joined(from.id, ' ', constant.name);
        const count = walked.get(key) ?? 0;
        if (from !== setter && count >= mostGuesses) continue;
        walked.set(key, count + 1);
        const place = places.find(from.id, constant.name);
        if (place === undefined) {
          for (const run of runs.get(from.id) ?? []) around.add(run.from);
          continue;
        }
        const via = from === setter ? constant.via : joined(constant.via, ' of ', setter.id);
        for (const reference of referencesBy(place, { ...constant, via }, false))
          yield [from, { ...reference, isGuess: true }];
      }
    }
  }
}

function referencesBy({ uses }: Place, { via, value, source }: GivenValue, isAlways: boolean): ParsedReference[] {
  return [...uses.values()].flatMap(({ kind, written, at, always }): ParsedReference[] => {
    const target = targetOf(kind, value ?? '');
    if (target === undefined) return [];
    return [
      {
        via: joined(via, ' for ', written.via, ' of ', at),
        relation: written.relation,
        ...(always && isAlways ? { always } : {}),
        source,
        target,
      },
    ];
  });
}
