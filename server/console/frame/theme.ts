export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const KEY = 'farhand-theme';

/** The choice on this device; `system` where none was made or the browser keeps nothing. */
export function storedTheme(): Theme {
  const found = keptTheme();
  return THEMES.find((theme) => theme === found) ?? 'system';
}

export function applyStoredTheme(): void {
  applyTheme(storedTheme());
}

export function chooseTheme(theme: Theme): void {
  applyTheme(theme);
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // Storage is blocked: the choice holds until the page is reloaded.
  }
}

function applyTheme(theme: Theme): void {
  const root = document.documentElement;
  if (theme === 'system') root.removeAttribute('data-theme');
  else root.setAttribute('data-theme', theme);
}

function keptTheme(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}
