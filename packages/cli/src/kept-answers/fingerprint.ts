import { createHash } from 'node:crypto';

/**
 * Digest of everything that a run was told, in the order of its questions. Texts and bytes go to digests of their own:
 * the texts give the length of all bytes, so that no two series of answers look alike.
 */
export class Fingerprint {
  readonly #texts = createHash('sha256');
  readonly #bytes = createHash('sha256');
  /** Texts that are not in the digest yet: one update for each would take a quarter of the time of reading. */
  #waiting = '';

  text(text: string): void {
    this.#waiting += `${text}\0`;
    if (this.#waiting.length > 64 * 1024) this.#flush();
  }

  bytes(bytes: Uint8Array): void {
    this.text(String(bytes.length));
    this.#bytes.update(bytes);
  }

  /** What was added until now, as hexadecimal digits. More may be added afterwards. */
  digest(): string {
    this.#flush();
    return this.#texts.copy().digest('hex') + this.#bytes.copy().digest('hex');
  }

  #flush(): void {
    this.#texts.update(this.#waiting);
    this.#waiting = '';
  }
}
