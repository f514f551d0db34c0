/**
 * Characters that show nothing and can make text read otherwise than it is: control characters, zero-width ones and those that
 * turn the direction of writing. Joiners (U+200C, U+200D) are left: Persian and emoji need them.
 */
const TRICKS = /(?![\u200C\u200D])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Text from a machine or a roster with such characters written out, as in `report‹U+202E›fdp.exe`: an analyst must see them. */
export function visibleText(text: string): string {
  return text.replace(TRICKS, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `‹U+${code.toString(16).toUpperCase().padStart(4, '0')}›`;
  });
}
