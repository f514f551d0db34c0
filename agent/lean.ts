import { setFlagsFromString } from 'node:v8';

/**
 * The agent runs a few milliseconds in every five seconds, for which V8's optimizing compilers are not worth their memory. These flags
 * only say which compilers are used, so they may be set late; flags of the parser or the heap may not.
 */
for (const flag of ['--no-opt', '--no-maglev', '--no-sparkplug']) setFlagsFromString(flag);
