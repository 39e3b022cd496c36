import { displayName, identity, type KubernetesObject } from '@mi-patterns/helm';
import { compareText } from '@mi-patterns/inventory';
import type { ObjectChange } from './diff.ts';
import { fieldChanges } from './field-diff.ts';

/** What is created, changed and deleted on the way from one rendered release to another, sorted by object. Pure. */
export function changesBetween(
  before: readonly KubernetesObject[],
  after: readonly KubernetesObject[],
): readonly ObjectChange[] {
  const old = new Map(before.map((object) => [identity(object), object]));
  const wanted = new Map(after.map((object) => [identity(object), object]));
  const kept = [...wanted].flatMap(([id, object]): ObjectChange[] => {
    const previous = old.get(id);
    if (previous === undefined) return [{ object: displayName(object), action: 'create', fields: [] }];
    const fields = fieldChanges(previous, object);
    return fields.length === 0 ? [] : [{ object: displayName(object), action: 'update', fields }];
  });
  const gone = [...old].flatMap(([id, object]): ObjectChange[] =>
    wanted.has(id) ? [] : [{ object: displayName(object), action: 'delete', fields: [] }],
  );
  return [...kept, ...gone].sort((a, b) => compareText(a.object, b.object));
}
