import { setFlagsFromString } from 'node:v8';

/**
 * The agent runs a few milliseconds in every five seconds: optimizing compilers cost it more memory and time than they give back.
 * Measured with 400 processes, these flags save 9 MB of 77 and a third of the CPU time.
 */
for (const flag of ['--optimize-for-size', '--max-lazy', '--no-opt', '--no-maglev', '--no-sparkplug']) {
  setFlagsFromString(flag);
}
