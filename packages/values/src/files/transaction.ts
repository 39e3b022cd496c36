/** A change that is prepared as a whole and then made at once. */
export interface Step {
  /** Makes the change, and returns what takes it back. */
  readonly commit: () => () => void;
  /** Removes what was prepared. */
  readonly discard: () => void;
  /** Removes what {@link commit} kept for taking it back. */
  readonly finish?: () => void;
}

/** Steps that are made together or not at all: renames only, one after the other, when everything is written. */
export interface Transaction {
  readonly add: (step: Step) => void;
  /** Makes all steps. When one fails, those before it are taken back, and what it threw is thrown. */
  readonly commit: () => void;
  /** Removes what was prepared; does nothing after {@link commit}. */
  readonly discard: () => void;
}

/** A transaction without steps. */
export function createTransaction(): Transaction {
  let steps: Step[] = [];
  return {
    add: (step) => void steps.push(step),
    commit: () => {
      const all = steps;
      steps = [];
      const undo: (() => void)[] = [];
      try {
        for (const step of all) undo.push(step.commit());
      } catch (error) {
        for (const back of undo.toReversed()) back();
        for (const step of all) step.discard();
        throw error;
      }
      for (const step of all) step.finish?.();
    },
    discard: () => {
      for (const step of steps.splice(0)) step.discard();
    },
  };
}
