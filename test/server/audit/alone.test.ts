import { execFile } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fingerprintOf } from '../../../server/audit/signatures.ts';
import { output } from '../../support/processes.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { auditWorld } from './world.ts';

test('the verifier is one file that works in an empty folder, and says by its exit code what it found', async () => {
  expect((await output(['server/audit/build.ts'])).code).toBe(0);
  await using world = await auditWorld({ machines: 1, days: 1 });
  using folder = tempDir();
  const pack = readFileSync(await world.pack({ rules: [] }));
  copyFileSync('dist/farhand-verify.mjs', join(folder.path, 'farhand-verify.mjs'));
  const changed = Buffer.from(pack);
  changed[100] = (changed[100] ?? 0) ^ 1;
  for (const [name, bytes] of [
    ['pack.zip', pack],
    ['changed.zip', changed],
    ['cut.zip', pack.subarray(0, 999)],
  ] as const)
    writeFileSync(join(folder.path, name), bytes);

  expect(
    await verified(folder.path, ['pack.zip', '--key', fingerprintOf(world.keys.publicKey)]),
  ).toMatchObject({ code: 0 });
  const told = await verified(folder.path, ['pack.zip', '--json']);
  expect(JSON.parse(told.stdout)).toMatchObject({ outcome: 'verified', checked: { batches: 2 } });
  expect(await verified(folder.path, ['changed.zip'])).toMatchObject({
    code: expect.toSatisfy((code) => code === 1 || code === 3),
  });
  expect(await verified(folder.path, ['pack.zip', '--key', '0'.repeat(64)])).toMatchObject({ code: 1 });
  expect(await verified(folder.path, ['cut.zip'])).toMatchObject({ code: 3 });
  expect(await verified(folder.path, ['--key'])).toMatchObject({ code: 64 });
});

function verified(
  cwd: string,
  args: readonly string[],
): Promise<{ readonly code: number; readonly stdout: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, ['farhand-verify.mjs', ...args], { cwd, env: {} }, (error, stdout) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout }),
    );
  });
}
