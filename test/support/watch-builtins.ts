import { ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

// Preloaded into a process under test: prints to fd 3 each path that it opens, asks for or lists, and each program that it starts.
const write = fs.writeSync;
const tell = (what: string, value: unknown): void =>
  void write(3, `${what} ${String(value).replaceAll('\n', ' ')}\n`);

const SYNC = [
  'openSync',
  'accessSync',
  'readdirSync',
  'readlinkSync',
  'statSync',
  'existsSync',
  'readFileSync',
] as const;
const ASYNC = ['open', 'access', 'stat', 'readdir', 'readlink', 'readFile'] as const;
watch(fs, SYNC);
watch(fs.promises, ASYNC);
const spawn = Reflect.get(ChildProcess.prototype, 'spawn');
Reflect.set(
  ChildProcess.prototype,
  'spawn',
  function (this: ChildProcess, options: { readonly file: string }) {
    tell('start', options.file);
    return Reflect.apply(spawn, this, [options]);
  },
);
syncBuiltinESMExports();

function watch(target: object, names: readonly string[]): void {
  for (const name of names) {
    const original = Reflect.get(target, name);
    Reflect.set(target, name, (...args: unknown[]) => {
      if (typeof args[0] !== 'number') tell('path', args[0]);
      return Reflect.apply(original, target, args);
    });
  }
}
