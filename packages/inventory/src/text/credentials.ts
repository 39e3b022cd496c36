/** What stands in the place of a secret. */
export const hiddenValue = '[hidden]';

/** What the names of secrets end with or hold, as part of a regular expression. */
export const secretWord =
  '(?:pass(?:word|wd|phrase)|pwd|secret|token|credential|(?:api|access|account|private|subscription)[ ._-]?key)s?';

/** What stands before `pass` in names of passwords, as in `dbpass` and `keyStorePass`, and unlike `bypass`. */
export const beforePass = 'admin|cert|db|jms|key|ldap|mail|root|smtp|store|user';

const secretNames = new RegExp(
  `${secretWord}|(?:^|[._ -]|${beforePass})pass(?:[._-]?\\d+)?$|jaas|connection[._-]?string|basic[._-]?auth|(?:^|[._-])authorization$`,
  'i',
);

/** True for the name of a parameter or setting whose value nobody should read in a report. */
export function isSecretName(name: string): boolean {
  return secretNames.test(name);
}

/**
 * User and password in an address; the password may hold `/`, `#`, blanks and `@`, and ends before the name of a host.
 */
const login =
  /([a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/"'<>?#:@]{1,200}:(?!\d{1,5}(?:[/?#\s]|$))[^"'<>\n]{1,300}?@(?=[\w.[\]{}$-]{1,255}(?:[:/?\s"'<>]|$))/gi;

/** User and password as Oracle's driver takes them: `jdbc:oracle:thin:user/password@host`. */
const oracleLogin = /(jdbc:oracle:\w{1,20}:)[^\s/@"'<>]{1,200}\/[^\s@"'<>]{1,200}@/gi;

/** The same before the name of an image, which has no scheme: `user:password@registry.example.com/acme/orders`. */
const imageLogin =
  /(?<![\w.:/-])(?!(?:acct|mailto|sips?|xmpp):)[\w.-]{1,100}:[^\s/:@"'`<>]{1,300}@(?=[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})+(?::\d{1,5})?(?:\/|["'`\s]|$))/gi;

/** What a client proves itself with in a header. */
const header =
  /(\bauthorization["']?\s{0,3}[:=]\s{0,3}["']?(?:bearer|basic)|^(?:bearer|basic))\s{1,3}[a-z0-9._~+/=-]{6,1000}/gi;

/** A private key as PEM has it. */
const privateKey = /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|$)/g;

/**
 * The signature of an address that is a key itself: shared access signatures of Azure, signed addresses of AWS and
 * Google.
 */
const signature = /([?&;](?:amp;)?(?:sig|x-(?:amz|goog)-signature)=)[^&;\s"'<>]{1,1000}/gi;

/** Addresses whose path is the key: whoever knows it may post (Slack, Discord, Microsoft Teams, Telegram). */
const webhook =
  /((?:hooks\.slack\.com\/(?:services|workflows|triggers)|discord(?:app)?\.com\/api\/webhooks|webhook\.office\.com\/webhookb2|outlook\.office\.com\/webhook)\/|api\.telegram\.org\/bot)[^\s"'<>?]{1,1000}/gi;

/** A setting in a text: `password=…`, `password="…"` as in JAAS, and the same in XML and in JSON. */
const setting = new RegExp(
  `(${secretWord}\\s{0,3}=\\s{0,3})(?:\\\\{1,8}(?:"[^"\\n]{0,1000}"?|'[^'\\n]{0,1000}'?)|"[^"\\n]{0,1000}"?|'[^'\\n]{0,1000}'?|&(?:quot|apos|#34|#39);[^<>\\n]{0,1000}?&(?:quot|apos|#34|#39);|[^&;\\s"'<>]{1,1000})`,
  'gi',
);

/**
 * The text with user names and passwords in addresses hidden (`ftp://user:password@host`), and with the values of
 * settings such as `password=…` and headers anywhere. For texts that quote an artifact and are shown to people.
 */
export function withoutCredentials(text: string): string {
  const shown = text.includes('PRIVATE KEY') ? text.replace(privateKey, hiddenValue) : text;
  return inOneLine(/hook|telegram/i.test(shown) ? shown.replace(webhook, `$1${hiddenValue}`) : shown);
}

function inOneLine(text: string): string {
  const clean = text.includes('@')
    ? text
        .replace(login, `$1${hiddenValue}@`)
        .replace(/([a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/"'<>?#]{1,500}@/gi, `$1${hiddenValue}@`)
        .replace(oracleLogin, `$1${hiddenValue}@`)
        .replace(imageLogin, `${hiddenValue}@`)
    : text;
  const plain = clean.replace(header, `$1 ${hiddenValue}`);
  return plain.includes('=')
    ? plain.replace(setting, `$1${hiddenValue}`).replace(signature, `$1${hiddenValue}`)
    : plain;
}
