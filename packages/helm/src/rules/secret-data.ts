import {
  containers,
  listAt,
  objectAt,
  podTemplate,
  textAt,
  type KubernetesObject,
} from '../objects/kubernetes-object.ts';
import type { Breach, Rule } from './rule.ts';

/** Secrets do not stand in ConfigMaps, nor as plain text in environment variables. */
export const secretData: Rule = {
  code: 'MI-RULE-PLAIN-SECRET',
  check: (objects) => objects.flatMap((object) => [...textBreaches(object), ...variableBreaches(object)]),
};

const secretWords = new Set([
  'secret',
  'token',
  'credential',
  'credentials',
  'apikey',
  'accesskey',
  'privatekey',
  'secretkey',
]);
const secretPairs = new Set(['api key', 'access key', 'private key', 'secret key']);

/**
 * By its last word, so that `token_endpoint` and `password_encoder` are none: `db.password`, `clientSecret`,
 * `AWS_ACCESS_KEY`.
 */
function isSecretKey(key: string): boolean {
  const words = key
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[\s._-]+/)
    .filter(Boolean);
  const last = words.at(-1) ?? '';
  return (
    /(?:password|passwd|passphrase)$/.test(last) || secretWords.has(last) || secretPairs.has(words.slice(-2).join(' '))
  );
}

/**
 * A value that is no secret by itself: empty, true, false, a number without quotes, a placeholder that MI or the shell
 * resolves, or the password of the demonstration keystores that every MI image carries.
 */
const harmless =
  /^(?:|true|false|null|-?\d+(?:\.\d+)?|["']?(?:\$(?:env|sys|secret|ref)?\{[^}]*\}|\$(?:SYSTEM|FILE):[\w.]+|wso2carbon)?["']?)$/;

function textBreaches(object: KubernetesObject): Breach[] {
  if (object.kind !== 'ConfigMap') return [];
  return Object.entries(objectAt(object, 'data')).flatMap(([key, value]) =>
    typeof value === 'string' ? entryBreaches(object, key, value) : [],
  );
}

function variableBreaches(object: KubernetesObject): Breach[] {
  return containers(podTemplate(object) ?? {}).flatMap((container) =>
    listAt(container.spec, 'env').flatMap((variable) => {
      const [name, value] = [textAt(variable, 'name') ?? '', textAt(variable, 'value') ?? ''];
      const isSecret = isSecretKey(name) && !harmless.test(value);
      return isSecret || holdsSecret(value)
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

const hint = 'Keep it in a Secret: env: {NAME: {secretKeyRef: …}} in the values, and $env{NAME} where it is used.';

function entryBreaches(object: KubernetesObject, key: string, text: string): Breach[] {
  const found = [
    ...(isSecretKey(key.replace(/\.(?:txt|conf)$/, '')) && !harmless.test(text.trim()) ? [`data.${key}`] : []),
    ...text
      .split('\n')
      .flatMap((line, index) => (isSecretLine(line) ? [`data.${key}, line ${index + 1}${lineKey(line)}`] : [])),
  ];
  return found.map((place) => ({ object, message: `${place} looks like a secret in plain text.`, hint }));
}

const assignment = /^\s*["']?([A-Za-z0-9_.-]+)["']?\s*[=:]\s*(.*?\S)??\s*(?:#.*)?$/s;

function isSecretLine(line: string): boolean {
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(line)) return true;
  if (/:\/\/[^\s/:@"'${}]+:[^\s/@"'${}]+@/.test(line)) return true;
  if (/^\s*(?:#|\/\/|<!--)/.test(line)) return false;
  if (holdsSecret(line)) return true;
  const match = assignment.exec(line);
  return match !== null && isSecretKey(match[1] ?? '') && !harmless.test(match[2] ?? '');
}

/** `;password=…` in the URL of a data source, and `-D…Password=…` among the options of a JVM. */
const parameter = /(?:[?&;]|(?:^|[\s"'])-D)([\w.-]{1,100})=([A-Za-z0-9][^\s&;"'\\]*)/g;

/** Whether a parameter in a text is a secret: not one that is put in at the start, nor the JDK's own password. */
function holdsSecret(text: string): boolean {
  return [...text.matchAll(parameter)].some(
    ([, key = '', value = '']) => isSecretKey(key) && !harmless.test(value) && value !== 'changeit',
  );
}

function lineKey(line: string): string {
  const key = assignment.exec(line)?.[1];
  return key === undefined ? '' : ` (${key})`;
}
