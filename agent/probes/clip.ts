/** The first `most` characters, so that what a system reports fits the limits of shared/facts.ts. */
export function clip(text: string, most: number): string {
  return text.length <= most ? text : text.slice(0, most);
}
