import type { Observation } from '../../shared/observation.ts';

/** What makes each observation of the laboratory its own: the start of its endpoint, and its number since then. */
export function modelOf(run: number, number: number): string {
  return `run ${run} number ${number}`;
}

/** The key of an observation, where it is one that the laboratory's endpoints made. */
export function keyIn({ fact }: Observation): string | undefined {
  return fact.kind === 'display' && fact.manufacturer === 'LAB' ? fact.model : undefined;
}
