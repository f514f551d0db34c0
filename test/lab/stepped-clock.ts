import { existsSync, readFileSync } from 'node:fs';

// Preloaded into real processes (node --import): their wall clock is off by the milliseconds in the file that FARHAND_LAB_CLOCK
// names, read anew at SIGUSR2. Timers run on the monotonic clock, which stays as it is, as when somebody sets a machine's clock.
const path = process.env['FARHAND_LAB_CLOCK'];
const RealDate = Date;
let offset = 0;

const read = (): void => {
  offset = path !== undefined && existsSync(path) ? Number(readFileSync(path, 'utf8')) || 0 : 0;
};
read();
process.on('SIGUSR2', read);

globalThis.Date = class extends RealDate {
  constructor(...args: []) {
    if (args.length === 0) super(RealDate.now() + offset);
    else super(...args);
  }
  static override now(): number {
    return RealDate.now() + offset;
  }
} as DateConstructor;
