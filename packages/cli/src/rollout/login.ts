import type { ManagementLogin } from '@mi-patterns/rollout';
import type { Context } from '../context/context.ts';
import { wrongUse } from '../context/failure.ts';

/**
 * The login for MI's management API that the environment variables give; undefined without one. Throws
 * {@link CommandFailure} for half a login: whoever sets it wants the servers to be asked.
 */
export function managementLogin({ environment }: Pick<Context, 'environment'>): ManagementLogin | undefined {
  const names = ['MI_PATTERNS_MANAGEMENT_USER', 'MI_PATTERNS_MANAGEMENT_PASSWORD'] as const;
  const [user = '', password = ''] = names.map((name) => environment[name]);
  if (user !== '' && password !== '') return { user, password };
  if (user === '' && password === '') return undefined;
  const [set, missing] = user === '' ? names.toReversed() : names;
  throw wrongUse(
    `${set} is set, but ${missing} is not, or is empty.`,
    'Set both to ask the management API, or neither.',
  );
}
