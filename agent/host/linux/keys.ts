/** Lines of `KEY=value`, as os-release, uevent and the state files of systemd have them; quotes around a value are taken off. */
export function keysOf(text: string): ReadonlyMap<string, string> {
  return new Map(
    [...text.matchAll(/^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/gm)].map(([, key = '', value = '']) => [
      key,
      unquoted(value.trim()),
    ]),
  );
}

function unquoted(value: string): string {
  const [, , inner] = /^(["'])(.*)\1$/.exec(value) ?? [];
  return (inner ?? value).replace(/\\(["'\\$`])/g, '$1');
}
