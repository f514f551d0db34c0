import { expect, test } from 'vitest';
import { environmentOf } from '../../../../agent/host/environment.ts';
import { systemRoot, systemTimezone } from '../../../../agent/host/windows/config.ts';
import { POWERSHELL } from '../../../../agent/host/windows/documents.ts';

const commands = Object.entries(POWERSHELL);

test('everything that is started on Windows is PowerShell by its full path with arguments that never change', () => {
  for (const [, { path, args }] of commands) {
    expect(path).toBe('C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe');
    expect(args.slice(0, -1).join(' ')).toBe('-NoLogo -NoProfile -NonInteractive -InputFormat None -Command');
  }
});

test.each(commands)('the script "%s" fits a command line and needs no quoting', (_, { args }) => {
  const script = args.at(-1)!;
  // CreateProcess takes 32,767 characters; of what is not ASCII, the code page would decide.
  expect(script.length).toBeLessThan(16_000);
  expect(script).toMatch(/^[\n\x20-\x7e]+$/);
  expect(script).not.toMatch(/["`]/);
});

test.each(commands)('the script "%s" changes nothing and fetches nothing', (_, { args }) => {
  const code = args.at(-1)!.replace(/'(?:[^']|'')*'/g, '');
  const verbs = new Set([...code.matchAll(/\b([A-Z][A-Za-z]+)-[A-Z]/g)].map(([, verb]) => verb));
  const allowed = ['Get', 'ForEach', 'Where', 'Select', 'ConvertTo', 'Invoke'];
  expect([...verbs].filter((verb) => !allowed.includes(verb!))).toEqual([]);
  expect(args.at(-1)).not.toMatch(/Invoke-(?!CimMethod -InputObject \$_ -MethodName GetDeviceProperties\b)/);
  expect(args.at(-1)).not.toMatch(/CommandLine|DownloadString|Add-Type/);
});

test.each(commands)('the brackets and quotes of the script "%s" close', (_, { args }) => {
  const open: string[] = [];
  const pairs: Record<string, string> = { ')': '(', '}': '{', ']': '[' };
  const code = args.at(-1)!.replace(/'(?:[^']|'')*'/g, '');
  for (const sign of code) {
    if ('([{'.includes(sign)) open.push(sign);
    if (pairs[sign]) expect(open.pop()).toBe(pairs[sign]);
  }
  expect(open).toEqual([]);
  expect(code).not.toContain("'");
});

test('Windows is where it always is, elsewhere only when it is not there, and nowhere odd', () => {
  expect(systemRoot({ SystemRoot: 'D:\\Windows' }, () => true)).toBe('C:\\Windows');
  expect(systemRoot({ SystemRoot: 'D:\\Windows' }, () => false)).toBe('D:\\Windows');
  expect(systemRoot({ SystemRoot: '\\\\192.0.2.1\\share' }, () => false)).toBe('C:\\Windows');
  expect(systemRoot({}, () => false)).toBe('C:\\Windows');
});

test('the environment of programs on Windows has what they need, from Windows alone', () => {
  const environment = environmentOf('win32', 'D:\\Windows');
  expect(environment).toMatchObject({
    SystemRoot: 'D:\\Windows',
    SystemDrive: 'D:',
    PSModulePath: 'D:\\Windows\\System32\\WindowsPowerShell\\v1.0\\Modules',
  });
  for (const value of Object.values(environment)) expect(value).toMatch(/^(?:D:|\.EXE$)/);
  expect(environmentOf('linux', 'C:\\Windows')).toEqual({ LANG: 'C', LC_ALL: 'C', TZ: 'UTC' });
});

test('a time zone set for this program does not hide the one of the system', () => {
  const environment: Record<string, string | undefined> = { TZ: 'Asia/Tokyo' };
  expect(systemTimezone(environment)).toBe(new Intl.DateTimeFormat().resolvedOptions().timeZone);
  expect(environment).toEqual({});
});
