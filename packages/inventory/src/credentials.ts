/** What stands in the place of a secret. */
export const hiddenValue = '[hidden]';

/** True for the name of a parameter or setting whose value nobody should read in a report. */
export function isSecretName(name: string): boolean {
  return /pass(?:word|wd|phrase)|secret|token|credential|private[._-]?key|access[._-]?key|api[._-]?key|connection[._-]?string/i.test(
    name,
  );
}

/**
 * The text with user names and passwords in addresses hidden (`ftp://user:password@host`), and with the values of settings such as
 * `password=…` in addresses. For texts that quote an artifact and are shown to people.
 */
export function withoutCredentials(text: string): string {
  const clean = text.includes('@')
    ? text.replace(/([a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/"'<>?#]{1,500}@/gi, `$1${hiddenValue}@`)
    : text;
  return clean.includes('=')
    ? clean.replace(
        /([?&;][\w.-]{0,60}(?:pass(?:word|wd|phrase)|secret|token|api[_-]?key|access[_-]?key)=)[^&;\s"'<>]+/gi,
        `$1${hiddenValue}`,
      )
    : clean;
}
