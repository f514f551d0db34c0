import './styles/tokens.css';
import './styles/base.css';
import './styles/frame.css';
import './styles/controls.css';
import './styles/table.css';
import './styles/marks.css';
import './styles/page.css';
import './styles/finding.css';
import './styles/ledger.css';
import './styles/case.css';
import './styles/overview.css';
import './styles/admin.css';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { applyStoredTheme } from './frame/theme.ts';

applyStoredTheme();
const root = document.getElementById('root');
if (root) createRoot(root).render(<App />);
