/** One line on stderr that is written over, where a person watches. */
export interface Progress {
  tell(line: string): void;
  end(): void;
}

const EVERY_MS = 100;

export function terminalProgress(stream: NodeJS.WriteStream = process.stderr): Progress {
  let toldAt = Number.NEGATIVE_INFINITY;
  return {
    tell(line) {
      if (!stream.isTTY || performance.now() - toldAt < EVERY_MS) return;
      toldAt = performance.now();
      stream.write(`\r\x1b[2K${line.slice(0, Math.max(20, stream.columns - 1))}`);
    },
    end() {
      if (stream.isTTY) stream.write('\r\x1b[2K');
    },
  };
}
