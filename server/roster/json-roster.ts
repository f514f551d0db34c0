import type { Candidates } from './problem.ts';

/** Reads an array of contractors. Rows are counted from 1. */
export function jsonCandidates(text: string): Candidates {
  const value = parsed(text);
  if (value === undefined) return { candidates: [], problems: [{ reason: 'not JSON' }] };
  if (!Array.isArray(value))
    return { candidates: [], problems: [{ reason: 'expected an array of contractors' }] };
  return {
    candidates: value.map((entry: unknown, index) => ({ row: index + 1, value: entry })),
    problems: [],
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
