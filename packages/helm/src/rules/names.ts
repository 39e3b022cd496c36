import { listAt, objectAt, podTemplate, textAt, type KubernetesObject } from '../objects/kubernetes-object.ts';
import type { Breach, Rule } from './rule.ts';

/** Names and label values that Kubernetes would refuse when the object, or what it makes, is created. */
export const names: Rule = {
  code: 'MI-RULE-NAME',
  check: (objects) =>
    objects.flatMap((object) => [...nameBreaches(object), ...labelBreaches(object), ...portBreaches(object)]),
};

const hint = 'Choose a shorter release name, fullnameOverride or workload key.';

/**
 * Service names are DNS labels of 63 characters; pods of a StatefulSet carry its name and a hash of 10 in a label of
 * 63; a CronJob's name takes a suffix of 11. Other names may be longer, but end up in labels and host names of pods.
 */
function limitOf(kind: string): number {
  return kind === 'StatefulSet' || kind === 'CronJob' ? 52 : 63;
}

function nameBreaches(object: KubernetesObject): Breach[] {
  const { name } = object.metadata;
  const limit = limitOf(object.kind);
  return name.length <= limit
    ? []
    : [
        {
          object,
          message: `its name has ${name.length} characters; at most ${limit} are allowed for this kind.`,
          hint,
        },
      ];
}

function labelBreaches(object: KubernetesObject): Breach[] {
  const template = podTemplate(object);
  const labels = {
    ...objectAt(object, 'metadata', 'labels'),
    ...objectAt(template, 'metadata', 'labels'),
    ...objectAt(object, 'spec', 'selector', 'matchLabels'),
  };
  return Object.entries(labels).flatMap(([key, value]) => {
    if (typeof value !== 'string')
      return [{ object, message: `the label ${key} is not text.`, hint: 'Put the value in quotes.' }];
    const valid = value.length <= 63 && /^(?:[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?)?$/.test(value);
    return valid
      ? []
      : [
          {
            object,
            message: `the label ${key} cannot have the value "${value}": at most 63 letters, digits, "-", "_" and ".".`,
            hint,
          },
        ];
  });
}

function portBreaches(object: KubernetesObject): Breach[] {
  const template = podTemplate(object);
  if (template === undefined) return [];
  return listAt(template, 'spec', 'containers').flatMap((container) =>
    listAt(container, 'ports').flatMap((port) => {
      const name = textAt(port, 'name');
      return name === undefined || (name.length <= 15 && /^[a-z0-9](?:-?[a-z0-9])*$/.test(name) && /[a-z]/.test(name))
        ? []
        : [
            {
              object,
              message: `the container port cannot be called "${name}": at most 15 lower-case letters, digits and single hyphens.`,
              hint: 'Choose a shorter name for the port.',
            },
          ];
    }),
  );
}
