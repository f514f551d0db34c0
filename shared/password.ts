export const SHORTEST_PASSWORD = 12;
export const LONGEST_PASSWORD = 256;

/** Why a password will not do, if so. Length is what counts; letters, digits and signs are not prescribed. */
export function passwordProblem(password: string, account: string): string | undefined {
  if (password.length < SHORTEST_PASSWORD) return `it needs ${SHORTEST_PASSWORD} characters or more`;
  if (password.length > LONGEST_PASSWORD) return `it may have ${LONGEST_PASSWORD} characters at most`;
  if (new Set(password).size < 5) return 'it repeats too few characters';
  const [plain, name] = [password.toLowerCase(), account.toLowerCase()];
  const [local = name] = name.split('@');
  if (plain.includes(name) || (local.length > 3 && plain.replaceAll(local, '').length < 8))
    return "it holds the account's own name";
  return undefined;
}
