/** What the demo lives through: honest people first, then the farm. */
export const DEMO_STORIES = [
  'home-worker',
  'couple-in-one-household',
  'privacy-vpn-by-agreement',
  'laptop-farm',
] as const;
