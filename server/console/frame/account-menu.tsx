import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from 'react-aria-components/Button';
import {
  Header,
  Menu,
  MenuItem,
  MenuSection,
  MenuTrigger,
  Popover,
  Separator,
} from 'react-aria-components/Menu';
import { useLocation } from 'wouter';
import { API_PREFIX } from '../../../shared/api.ts';
import { api } from '../data/api.ts';
import { sessionQuery } from '../data/queries.ts';
import { Icon } from '../parts/icon.tsx';
import { Inert } from '../parts/inert.tsx';
import { showShortcuts } from './shortcuts.tsx';
import { chooseTheme, storedTheme, THEMES } from './theme.ts';

const THEME_LABELS = { system: 'As the system', light: 'Light', dark: 'Dark' } as const;

export function AccountMenu({ version }: { readonly version: string }) {
  const { data: session } = useQuery(sessionQuery);
  const [theme, setTheme] = useState(storedTheme);
  const [, go] = useLocation();
  const client = useQueryClient();
  const signOut = useMutation({
    mutationFn: api.signOut,
    onSettled: () => {
      go('/sign-in', { replace: true });
      client.clear();
    },
  });

  return (
    <MenuTrigger>
      <Button className="button account" aria-label={`Account ${session?.account ?? ''}, theme and help`}>
        <Inert text={session?.account ?? 'Account'} />
        <Icon name="chevron" />
      </Button>
      <Popover className="popover" placement="top start" offset={4}>
        <Menu className="menu">
          <MenuSection
            selectionMode="single"
            disallowEmptySelection
            selectedKeys={[theme]}
            onSelectionChange={(keys) => {
              const chosen = THEMES.find((each) => keys === 'all' || keys.has(each)) ?? 'system';
              chooseTheme(chosen);
              setTheme(chosen);
            }}
          >
            <Header className="menu-header">Theme</Header>
            {THEMES.map((each) => (
              <MenuItem key={each} id={each} className="list-item">
                {THEME_LABELS[each]}
              </MenuItem>
            ))}
          </MenuSection>
          <Separator className="separator" />
          <MenuItem className="list-item" onAction={() => go('/account')}>
            Your account
          </MenuItem>
          <MenuItem className="list-item" onAction={() => go('/help')}>
            What words mean
          </MenuItem>
          <MenuItem className="list-item" onAction={showShortcuts}>
            Keyboard shortcuts
          </MenuItem>
          <MenuItem className="list-item" href={`${API_PREFIX}/docs`} target="_blank">
            API
          </MenuItem>
          <MenuItem className="list-item" onAction={() => signOut.mutate()}>
            Sign out
          </MenuItem>
          <Separator className="separator" />
          <MenuItem className="list-item list-note" isDisabled>
            Farhand {version}
          </MenuItem>
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
