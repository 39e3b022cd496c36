import type { Question } from './trace.ts';

/** A file that a run has open. */
export interface OpenFile {
  readonly path: string;
  /** Its number in the trace, once the trace has it. */
  number: number | undefined;
  step: 'opened' | 'described' | 'read';
  /** Of a regular file that was described. */
  size: number | undefined;
}

/** With more questions, a run takes so long that reading anew is little more, and their list takes memory. */
const mostQuestions = 50_000;

/** Questions after which the trace has a digest of all answers until then. */
const betweenDigests = 200;

/** Writes the questions of a run in the order in which it asks them, each before it is answered. */
export class TraceWriter {
  #questions: Question[] | undefined = [];
  /** The file opened last, as long as every question since then is about it: all may become one. */
  #latest: OpenFile | undefined;
  #files = 0;
  #nextDigest = betweenDigests;
  readonly #digest: () => string;
  readonly #tooMany: () => void;

  /** `digest` is that of all answers until now, `tooMany` is called for more questions than are worth keeping. */
  constructor({ digest, tooMany }: { readonly digest: () => string; readonly tooMany: () => void }) {
    this.#digest = digest;
    this.#tooMany = tooMany;
  }

  /** What was asked; undefined when something was done that no question stands for. */
  get questions(): readonly Question[] | undefined {
    if (this.#latest !== undefined) this.#write(this.#latest);
    return this.#questions && [...this.#questions, `=${this.#digest()}`];
  }

  /** The run does something whose repetition could differ. */
  giveUp(): void {
    this.#questions = undefined;
  }

  ask(question: Question): void {
    if (this.#latest !== undefined) this.#write(this.#latest);
    else this.#addDigest();
    this.#questions?.push(question);
  }

  open(path: string): OpenFile {
    if (this.#latest !== undefined) this.#write(this.#latest);
    return (this.#latest = { path, number: undefined, step: 'opened', size: undefined });
  }

  describe(file: OpenFile): void {
    if (file === this.#latest && file.step === 'opened') file.step = 'described';
    else this.ask(`T${this.#numberOf(file)}`);
  }

  read(file: OpenFile, length: number, position: number | null): void {
    if (file === this.#latest && file.step === 'described' && position === 0 && length === file.size)
      file.step = 'read';
    else this.ask(`B${this.#numberOf(file)} ${length}${position === null ? '' : ` ${position}`}`);
  }

  close(file: OpenFile): void {
    const isWhole = file.size !== undefined && file.step === (file.size === 0 ? 'described' : 'read');
    if (file !== this.#latest || !isWhole) return this.ask(`C${this.#numberOf(file)}`);
    this.#latest = undefined;
    this.#questions?.push(`F${file.size} ${file.path}`);
    this.#addDigest();
  }

  #numberOf(file: OpenFile): number {
    if (file.number === undefined) this.#write(file);
    return file.number ?? 0;
  }

  /** Writes what was held back about the file. */
  #write(file: OpenFile): void {
    this.#latest = undefined;
    const number = (file.number = this.#files++);
    this.#questions?.push(`O${number} ${file.path}`);
    if (file.step !== 'opened') this.#questions?.push(`T${number}`);
    if (file.step === 'read') this.#questions?.push(`B${number} ${file.size} 0`);
  }

  /** To be called when every question that is written has its answer, and no other has. */
  #addDigest(): void {
    if (this.#questions === undefined || this.#questions.length < this.#nextDigest) return;
    this.#questions.push(`=${this.#digest()}`);
    this.#nextDigest = this.#questions.length + betweenDigests;
    if (this.#questions.length > mostQuestions) this.#tooMany();
  }
}
