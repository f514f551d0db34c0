/** The collector's folder: where `--data-dir` says, or below the working directory. */
export function dataDirOf(flag?: string): string {
  return flag ?? '.farhand/collector';
}
