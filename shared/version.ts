/** The version of this Farhand, agent and collector alike; equal to package.json's. */
export const VERSION = '0.1.0';
