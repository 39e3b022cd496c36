/** What stands in the place of a secret. */
export const hiddenValue = '[hidden]';

/** True for the name of a parameter or setting whose value nobody should read in a report. */
export function isSecretName(name: string): boolean {
  return /pass(?:word|wd|phrase)|secret|token|credential|private[._-]?key|access[._-]?key|api[._-]?key|jaas|connection[._-]?string/i.test(
    name,
  );
}

/** User and password in an address; the password may hold `/`, `#`, blanks and `@`, and ends before the name of a host. */
const login =
  /([a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/"'<>?#:@]{1,200}:(?!\d{1,5}(?:[/?#\s]|$))[^"'<>\n]{1,300}?@(?=[\w.[\]{}$-]{1,255}(?:[:/?\s"'<>]|$))/gi;

/** A setting in a text: `password=…`, `password="…"` as in JAAS, and the same in XML. */
const setting =
  /((?:pass(?:word|wd|phrase)|secret|token|api[_-]?key|access[_-]?key)\s{0,3}=\s{0,3})(?:"[^"\n]{0,1000}"?|'[^'\n]{0,1000}'?|&(?:quot|apos|#34|#39);[^<>\n]{0,1000}?&(?:quot|apos|#34|#39);|[^&;\s"'<>]{1,1000})/gi;

/**
 * The text with user names and passwords in addresses hidden (`ftp://user:password@host`), and with the values of settings such as
 * `password=…` anywhere. For texts that quote an artifact and are shown to people.
 */
export function withoutCredentials(text: string): string {
  const clean = text.includes('@')
    ? text
        .replace(login, `$1${hiddenValue}@`)
        .replace(/([a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/"'<>?#]{1,500}@/gi, `$1${hiddenValue}@`)
    : text;
  return clean.includes('=') ? clean.replace(setting, `$1${hiddenValue}`) : clean;
}
