import { hiddenValue as hidden, secretWord, withoutCredentials } from './credentials.ts';

/** Escape sequences of terminals, and every control character but line feed and tab. */
const control =
  // oxlint-disable-next-line no-control-regex -- they are what it looks for
  /\u001b\[[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/g;

/**
 * A name that ends with the word. Before it there is a bounded part: one of any length is looked at again from each
 * sign in it.
 */
const secretName = `[a-z0-9_.-]{0,100}?${secretWord}`;

/** A quote that may be escaped, or none. */
const quote = String.raw`\\{0,8}["']?`;

/** A value in quotes that is not hidden yet. */
const quoted = String.raw`(?:"(?!\[hidden\]")[^"]*"|'(?!\[hidden\]')[^']*')`;

const patterns: readonly (readonly [RegExp, string])[] = [
  [/\b(bearer|basic)\s+[a-z0-9._~+/=-]{6,}/gi, `$1 ${hidden}`],
  [/\beyJ[A-Za-z0-9_-]{8,1000}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?/g, hidden],
  // A variable of a container, as an API server quotes the pods that it refuses: in Go, in JSON, in JSON within JSON.
  [
    new RegExp(
      `(\\bname${quote}\\s{0,3}[:=]\\s{0,3}${quote}${secretName}${quote}[,\\s]{1,100}${quote}value${quote}\\s{0,3}[:=]\\s{0,3})(?!["']?\\[hidden\\])(?:"(?:[^"\\\\\\n]|\\\\.){0,2000}"?|\\\\{1,8}"[^"\\n]{0,2000}"?|'[^'\\n]{0,2000}'?|[^\\s,"'}\\]]{1,2000})`,
      'gi',
    ),
    `$1${hidden}`,
  ],
  // As JSON within JSON, as elements, and as the name/value pairs of Synapse's XML.
  [
    new RegExp(`(${secretWord}(\\\\{1,8})["']\\s{0,3}[=:]\\s{0,3})\\2(["'])[^\\n]{0,2000}?(?<!\\\\)\\2\\3`, 'gi'),
    `$1${hidden}`,
  ],
  [new RegExp(`(<(?:[\\w.-]{1,60}:)?${secretName}(?:\\s[^<>]{0,500})?(?<!/)>)[^<]+`, 'gi'), `$1${hidden}`],
  // An element whose start is mistyped or does not end.
  [new RegExp(`([<>])[^<>]+(?=</(?:[\\w.-]{1,60}:)?${secretName}\\s{0,3}>)`, 'gi'), `$1${hidden}`],
  [new RegExp(`(\\bname=(["'])${secretName}\\2[^<>]{0,500}(?<!/)>)(?!\\s*<)[^<]+(?=<)`, 'gi'), `$1${hidden}`],
  // An element as text of another one, and a name whose second quote is missing.
  [new RegExp(`(&lt;(?:[\\w.-]{1,60}:)?${secretName}&gt;)[^<>&\\n]+`, 'gi'), `$1${hidden}`],
  [new RegExp(`(\\bname=["']${secretName}>)[^<]+`, 'gi'), `$1${hidden}`],
  [new RegExp(`(\\bname=(["'])${secretName}\\2[^<>]{0,500}?\\b(?:value|expression)=)${quoted}`, 'gi'), `$1${hidden}`],
  [new RegExp(`(\\bvalue=)${quoted}(?=[^<>]{0,500}?\\bname=(["'])${secretName}\\2)`, 'gi'), `$1${hidden}`],
  [
    new RegExp(
      `(${secretWord}["']?\\s{0,3}[=:]\\s{0,3})(?!["']?\\[hidden\\])(?:"[^"\\n]*"|'[^'\\n]*'|[^\\s,;"'}\\]]+)`,
      'gi',
    ),
    `$1${hidden}`,
  ],
];

/** Options whose value is a secret wherever it stands in a command line. */
const secretOption = /^--(?:kube-token|password|token|username|pass-credentials)$/;

/**
 * Text that is safe to show: passwords, tokens, credentials in addresses, private keys and the given secrets are
 * replaced, control characters and terminal escape sequences removed. Line feeds and tabs stay.
 */
export function redact(text: string, secrets: readonly string[] = []): string {
  let clean = text.replaceAll('\r\n', '\n').replace(control, '');
  for (const secret of secrets) if (secret.length >= 3) clean = clean.replaceAll(secret, hidden);
  clean = withoutCredentials(clean);
  for (const [pattern, replacement] of patterns) clean = clean.replace(pattern, replacement);
  return clean;
}

/**
 * A command line that is safe to show: like {@link redact}, and the value after an option such as `--password` is
 * hidden.
 */
export function redactCommand(command: readonly string[], secrets: readonly string[] = []): string[] {
  return command.map((part, index) => (secretOption.test(command[index - 1] ?? '') ? hidden : redact(part, secrets)));
}
