import { expect, it } from 'vitest';
import { managementLogin } from './login.ts';

const USER = 'MI_PATTERNS_MANAGEMENT_USER';
const PASSWORD = 'MI_PATTERNS_MANAGEMENT_PASSWORD';

it('is both variables or none', () => {
  expect(managementLogin({ environment: { [USER]: 'u', [PASSWORD]: 'p' } })).toEqual({ user: 'u', password: 'p' });
  expect(managementLogin({ environment: {} })).toBeUndefined();
  // A pipeline sets a secret that it does not have to nothing.
  expect(managementLogin({ environment: { [USER]: '', [PASSWORD]: '' } })).toBeUndefined();
});

it.each([
  [{ [USER]: 'u' }, `${USER} is set, but ${PASSWORD} is not, or is empty.`],
  [{ [USER]: 'u', [PASSWORD]: '' }, `${USER} is set, but ${PASSWORD} is not, or is empty.`],
  [{ [PASSWORD]: 'p' }, `${PASSWORD} is set, but ${USER} is not, or is empty.`],
])('is not half of it: %j', (environment, message) => {
  expect(() => managementLogin({ environment })).toThrow(message);
});
