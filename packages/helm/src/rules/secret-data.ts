import { holdsPlainSecret, isPlainSecret } from '@mi-patterns/values';
import {
  containers,
  isJsonObject,
  listAt,
  objectAt,
  podTemplate,
  textAt,
  type KubernetesObject,
} from '../objects/kubernetes-object.ts';
import type { Breach, Rule } from './rule.ts';

/**
 * Secrets are neither in ConfigMaps nor as plain text in environment variables, arguments, annotations or anything else
 * but Secrets. The chart warns of the same in the values.
 */
export const secretData: Rule = {
  code: 'MI-RULE-PLAIN-SECRET',
  check: (objects) =>
    objects
      .filter(({ kind }) => kind !== 'Secret')
      .flatMap((object) => [...dataBreaches(object), ...variableBreaches(object), ...otherBreaches(object)]),
};

const hint = 'Keep it in a Secret: env: {NAME: {secretKeyRef: …}} in the values, and $env{NAME} where it is used.';

function dataBreaches(object: KubernetesObject): Breach[] {
  if (object.kind !== 'ConfigMap') return [];
  return Object.entries(objectAt(object, 'data')).flatMap(([key, value]) =>
    typeof value === 'string' ? entryBreaches(object, key, value) : [],
  );
}

function entryBreaches(object: KubernetesObject, key: string, text: string): Breach[] {
  const found = [
    ...(isPlainSecret(key, text) ? [`data.${key}`] : []),
    ...secretLines(text, key.endsWith('cipher-text.properties')).map((line) => `data.${key}${line}`),
  ];
  return found.map((place) => ({ object, message: `${place} looks like a secret in plain text.`, hint }));
}

/**
 * Which lines of a file of settings hold a secret, without the escapes of properties. What is in `[secrets]` of
 * deployment.toml is encrypted, and so is what cipher-text.properties has (`isEncrypted`), but for what is in brackets.
 */
function secretLines(text: string, isEncrypted: boolean): readonly string[] {
  let isVault = isEncrypted;
  return text.split('\n').flatMap((written, index) => {
    const line = written.replace(/\\([:=#!])/g, '$1');
    if (!isEncrypted && line.startsWith('[')) isVault = line.trim() === '[secrets]';
    const key = /^\s*["']?([\w.-]+)["']?\s*[=:]/.exec(line)?.[1];
    const isFound = isVault
      ? /^[^#!]*[=:]\s*(?:"\[[^$]+\]"|\[[^$\]]+\]\s*$)/.test(line)
      : holdsPlainSecret(line, { lines: true });
    return isFound ? [`, line ${index + 1}${key === undefined ? '' : ` (${key})`}`] : [];
  });
}

function variableBreaches(object: KubernetesObject): Breach[] {
  return containers(podTemplate(object) ?? {}).flatMap((container) =>
    listAt(container.spec, 'env').flatMap((variable) => {
      const [name, value] = [textAt(variable, 'name') ?? '', textAt(variable, 'value') ?? ''];
      const isSecret = isPlainSecret(name, value);
      return isSecret || holdsPlainSecret(value, { lines: true })
        ? [
            {
              object,
              message: `the variable ${name} of the container ${container.name} ${isSecret ? 'looks like' : 'holds what looks like'} a secret in plain text.`,
              hint,
            },
          ]
        : [];
    }),
  );
}

/** Secrets in texts that are neither variables of containers nor data of a ConfigMap. */
function otherBreaches(object: KubernetesObject): Breach[] {
  return texts(object.kind === 'ConfigMap' ? { ...object, data: undefined } : object).flatMap(
    ({ path, text, option }) =>
      !/\.env\[\d+\]\.value$/.test(path) && (holdsPlainSecret(text, { lines: false }) || isValueOf(option, text))
        ? [{ object, message: `${path} holds what looks like a secret in plain text.`, hint }]
        : [],
  );
}

/** Whether a text is the secret that an option such as `--password` before it in a list asks for. */
function isValueOf(option: string | undefined, text: string): boolean {
  return option !== undefined && !text.startsWith('-') && isPlainSecret(option, text);
}

interface FoundText {
  readonly path: string;
  readonly text: string;
  /** The option of a program before it in the same list. */
  readonly option?: string | undefined;
}

/** Every text in a value with its path, in which containers have their names. */
function texts(value: unknown, path = '', option?: string): readonly FoundText[] {
  if (typeof value === 'string') return [{ path, text: value, option }];
  if (Array.isArray(value)) {
    const areContainers = /containers$/i.test(path);
    return value.flatMap((item: unknown, index) => {
      const name = areContainers && isJsonObject(item) ? textAt(item, 'name') : undefined;
      return texts(item, `${path}[${name ?? index}]`, optionIn(value[index - 1]));
    });
  }
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => texts(inner, path === '' ? key : `${path}.${key}`));
}

function optionIn(value: unknown): string | undefined {
  return typeof value === 'string' && /^--?[A-Za-z][\w.-]*$/.test(value) ? value : undefined;
}
