import { useState } from 'react';
import { Button } from 'react-aria-components/Button';
import type { MadeToken } from '../../../shared/api/tokens.ts';
import { At } from './time.tsx';

const SYSTEMS = [
  {
    name: 'Linux',
    command: (text: string) => `printf %s '${text}' | sudo farhand-agent enroll --token-file -`,
  },
  {
    name: 'macOS',
    command: (text: string) => `printf %s '${text}' | sudo farhand-agent enroll --token-file -`,
  },
  {
    name: 'Windows',
    command: (text: string) =>
      `$env:FARHAND_ENROLLMENT_TOKEN = '${text}'; farhand-agent enroll; Remove-Item Env:FARHAND_ENROLLMENT_TOKEN`,
  },
] as const;

/** A new token, this once, with what to paste on the machine. */
export function MadeTokenCard({ token, done }: { readonly token: MadeToken; readonly done: () => void }) {
  const { id, text, url, expiresAt } = token;
  return (
    <div className="made-token">
      <p role="status">
        <strong>Token {id} is made.</strong> It is shown this once, since only its hash is kept. Good until{' '}
        <At at={expiresAt} />.
      </p>
      {isLoopback(url) && (
        <p className="notice notice-warn">
          It leads to <code>{url}</code>, which only this machine can reach. Configure the collector's address
          before other machines enroll.
        </p>
      )}
      <Pasted label="Token" text={text} />
      {SYSTEMS.map(({ name, command }) => (
        <Pasted key={name} label={name} text={command(text)} />
      ))}
      <p className="field-note">
        On Windows in a PowerShell with administrator rights. Where the agent is one file,{' '}
        <code>farhand-agent</code> is <code>node farhand-agent.mjs</code>. Then start it with{' '}
        <code>farhand-agent run</code>; it appears in the list by itself.
      </p>
      <div className="form-row">
        <Button className="button primary" onPress={done}>
          Done
        </Button>
      </div>
    </div>
  );
}

function Pasted({ label, text }: { readonly label: string; readonly text: string }) {
  const [copied, setCopied] = useState(false);
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  return (
    <div className="pasted">
      <span className="field-label">{label}</span>
      <code data-paste={label}>{text}</code>
      {/* Browsers lend the clipboard to secure pages only; elsewhere the text is marked by hand. */}
      {window.isSecureContext && (
        <Button className="button small" aria-label={`Copy: ${label}`} onPress={() => void copy()}>
          {copied ? 'Copied' : 'Copy'}
        </Button>
      )}
    </div>
  );
}

function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
}
